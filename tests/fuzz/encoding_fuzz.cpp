// Strict decoders: what decodes must encode back to the very text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/encoding.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto octets = sekisho::from_hex(text); octets && sekisho::to_hex(*octets) != text) std::abort();
  if (const auto octets = sekisho::from_base64(text); octets && sekisho::to_base64(*octets) != text) std::abort();
  if (const auto octets = sekisho::from_base64url(text); octets && sekisho::to_base64url(*octets) != text) std::abort();
  return 0;
}
