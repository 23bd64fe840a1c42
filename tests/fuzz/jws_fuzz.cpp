// No token verifies under a key that signed nothing; what is peeked has one spelling.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/encoding.hpp"
#include "base/crypto/jws.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sekisho::EcdsaPublicKey key = sekisho::EcdsaPrivateKey::generate(sekisho::Curve::P256).public_key();
  const std::string_view token(reinterpret_cast<const char*>(data), size);
  const auto peeked = sekisho::peek_jws(token);
  if (!peeked) return 0;
  if (sekisho::verify_jws(token, key, peeked->header)) std::abort();
  const std::size_t first = token.find('.');
  const std::string_view payload = token.substr(first + 1, token.rfind('.') - first - 1);
  if (sekisho::to_base64url(peeked->payload) != payload) std::abort();
  return 0;
}
