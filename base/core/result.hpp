// Result<T>: a value or an Error that must be looked at. Status: success or an Error.
//
//   Result<Key> key = load(path);
//   if (!key) return fail(Code::KeyFile, "cannot load " + path, key.error());
//
// Exceptions are for bugs and exhausted memory only.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/core/error.hpp"

namespace sekisho {

template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  using std::expected<T, Error>::operator=;
};

using Status = Result<void>;

[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string message) {
  return std::unexpected<Error>(Error(code, std::move(message)));
}

[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string message, Error cause) {
  return std::unexpected<Error>(Error(code, std::move(message), std::move(cause)));
}

[[nodiscard]] inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

}  // namespace sekisho
