// Owners of OpenSSL's objects and what the .cpp files of base/crypto share. Included by them only.
#pragma once

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "base/crypto/ecdsa.hpp"

namespace sekisho {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

template <class T, auto Free>
using Handle = std::unique_ptr<T, Freer<Free>>;

// Failures that are answers must not stay in the thread's error queue, where TLS would find them.
class ErrorQueueGuard {
 public:
  ErrorQueueGuard() = default;
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
  ~ErrorQueueGuard() { ERR_clear_error(); }
};

inline std::unexpected<Error> key_error(std::string message) {
  ERR_clear_error();
  return fail(Code::KeyFile, std::move(message));
}

// The two calls of every i2d function: size, then octets.
template <class Encode>
Bytes to_der(Encode encode) {
  const int size = encode(nullptr);
  if (size <= 0) std::abort();
  Bytes out(static_cast<std::size_t>(size));
  unsigned char* at = out.data();
  if (encode(&at) != size) std::abort();
  return out;
}

// The octets between the two lines of a label, nothing before, between or after. Strict RFC 7468: base64 in lines.
[[nodiscard]] std::optional<Bytes> octets_of_pem(std::string_view pem, std::string_view label);

// Named curves only; nothing for other kinds of key.
[[nodiscard]] std::optional<Curve> curve_of(EVP_PKEY* key);

}  // namespace sekisho
