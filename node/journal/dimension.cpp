#include "node/journal/dimension.hpp"

#include <cstring>

#include "base/crypto/digest.hpp"

namespace sekisho::node {

TokenValue token(Dimension dimension, std::string_view value) {
  static constexpr std::string_view kContext("sekisho-token-v1\0", 17);
  const std::uint8_t number = static_cast<std::uint8_t>(dimension);
  const Digest digest = sha256({as_bytes(kContext), BytesView(&number, 1), as_bytes(value)});
  TokenValue out{};
  std::memcpy(out.data(), digest.data(), out.size());
  return out;
}

std::string zone_pair(std::string_view from, std::string_view to) {
  std::string out(from);
  out += '>';
  out += to;
  return out;
}

}  // namespace sekisho::node
