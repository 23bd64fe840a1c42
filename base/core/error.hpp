// Errors as values: a stable code, a sentence for the operator, and the chain of causes.
//
// Code      one row of the table in error_codes.hpp; its name is public and never changes meaning.
// message   what happened, naming the file, setting, member or peer; never secret or personal values.
// help      what the caller could do or present ("purposes", "retry_after_s", "pointer" …); goes to the peer.
// cause     the error below, for the operator only; a peer sees the code and help, never the chain.
//
// Values are immutable once returned and may cross threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/error_codes.hpp"

namespace sekisho {

struct Error {
  Code code = Code::Internal;
  std::string message;
  std::vector<std::pair<std::string, std::string>> help;
  std::shared_ptr<const Error> cause;

  Error() = default;
  Error(Code c, std::string text) : code(c), message(std::move(text)) {}
  Error(Code c, std::string text, Error below)
      : code(c), message(std::move(text)), cause(std::make_shared<const Error>(std::move(below))) {}

  // By value, so that `e = std::move(e).with(…)` is no self-move.
  Error with(std::string name, std::string value) && {
    help.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
  }

  // "CODE: message; because CODE: message …", for logs and the command line.
  [[nodiscard]] std::string chain() const;
  [[nodiscard]] std::string_view name() const { return code_info(code).name; }
};

}  // namespace sekisho
