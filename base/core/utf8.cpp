#include "base/core/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace sekisho {
namespace {

// Table 3-7 of the Unicode Standard: what the second octet may be after this first one.
struct Lead {
  std::size_t length;
  unsigned char low;
  unsigned char high;
};

Lead lead(unsigned char c) {
  if (c < 0x80) return {1, 0, 0};
  if (c < 0xc2) return {0, 0, 0};
  if (c < 0xe0) return {2, 0x80, 0xbf};
  if (c == 0xe0) return {3, 0xa0, 0xbf};
  if (c == 0xed) return {3, 0x80, 0x9f};
  if (c < 0xf0) return {3, 0x80, 0xbf};
  if (c == 0xf0) return {4, 0x90, 0xbf};
  if (c < 0xf4) return {4, 0x80, 0xbf};
  if (c == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

std::size_t utf8_character(std::string_view text) {
  if (text.empty()) return 0;
  const Lead first = lead(static_cast<unsigned char>(text[0]));
  if (first.length == 0 || first.length > text.size()) return 0;
  for (std::size_t i = 1; i < first.length; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const unsigned char low = i == 1 ? first.low : 0x80;
    const unsigned char high = i == 1 ? first.high : 0xbf;
    if (c < low || c > high) return 0;
  }
  return first.length;
}

bool valid_utf8(std::string_view text) {
  while (!text.empty()) {
    // Most text is ASCII: eight octets at a time.
    std::uint64_t eight = 0;
    while (text.size() >= sizeof eight) {
      std::memcpy(&eight, text.data(), sizeof eight);
      if ((eight & 0x8080808080808080U) != 0) break;
      text.remove_prefix(sizeof eight);
    }
    if (text.empty()) return true;
    const std::size_t n = utf8_character(text);
    if (n == 0) return false;
    text.remove_prefix(n);
  }
  return true;
}

}  // namespace sekisho
