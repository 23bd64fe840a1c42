#include "base/core/error.hpp"

namespace sekisho {

std::string Error::chain() const {
  std::string text;
  for (const Error* e = this; e != nullptr; e = e->cause.get()) {
    if (!text.empty()) text += "; because ";
    text += e->name();
    text += ": ";
    text += e->message;
  }
  return text;
}

const CodeInfo& code_info(Code code) { return kCodeTable[static_cast<std::size_t>(code)]; }

}  // namespace sekisho
