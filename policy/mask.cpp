#include "policy/mask.hpp"

#include "base/core/json.hpp"

namespace sekisho::policy {

void append_masked(std::string& out, std::string_view text, unsigned shown) {
  // A character begins at every octet that continues none.
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
  std::size_t tail = text.size();
  for (unsigned characters = 0; tail > 0 && characters < shown;) {
    if (begins(text[--tail])) ++characters;
  }
  // Nothing is left before the tail: the text has at most `shown` characters.
  const std::string masked = "****" + (tail == 0 ? std::string(shown, '*') : std::string(text.substr(tail)));
  out += sekisho::to_text(Json(masked));
}

}  // namespace sekisho::policy
