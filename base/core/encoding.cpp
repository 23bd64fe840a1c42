#include "base/core/encoding.hpp"

#include <array>

namespace sekisho {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> reverse(std::string_view alphabet) {
  std::array<std::int8_t, 256> table{};
  for (auto& v : table) v = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}

constexpr auto kHexReverse = reverse(kHex);
constexpr auto kStandardReverse = reverse(kStandard);
constexpr auto kUrlReverse = reverse(kUrl);

std::string encode64(BytesView in, std::string_view alphabet, bool pad) {
  std::string out((in.size() + 2) / 3 * 4, '=');
  char* at = out.data();
  std::size_t i = 0;
  for (; i + 3 <= in.size(); i += 3) {
    const unsigned v = (unsigned{in[i]} << 16) | (unsigned{in[i + 1]} << 8) | unsigned{in[i + 2]};
    *at++ = alphabet[v >> 18];
    *at++ = alphabet[(v >> 12) & 63];
    *at++ = alphabet[(v >> 6) & 63];
    *at++ = alphabet[v & 63];
  }
  const std::size_t rest = in.size() - i;
  if (rest > 0) {
    const unsigned v = (unsigned{in[i]} << 16) | (rest == 2 ? unsigned{in[i + 1]} << 8 : 0U);
    *at++ = alphabet[v >> 18];
    *at++ = alphabet[(v >> 12) & 63];
    if (rest == 2) *at++ = alphabet[(v >> 6) & 63];
  }
  if (!pad) out.resize(static_cast<std::size_t>(at - out.data()));
  return out;
}

Result<Bytes> decode64(std::string_view in, const std::array<std::int8_t, 256>& table, bool padded) {
  if (padded) {
    if (in.size() % 4 != 0) return fail(Code::Encoding, "base64 text whose length is no multiple of four");
    if (in.ends_with("==")) {
      in.remove_suffix(2);
    } else if (in.ends_with('=')) {
      in.remove_suffix(1);
    }
  }
  if (in.size() % 4 == 1) return fail(Code::Encoding, "base64 text with one digit left over");
  Bytes out(in.size() * 3 / 4);
  std::uint8_t* at = out.data();
  unsigned acc = 0;
  unsigned bits = 0;
  for (const char c : in) {
    const int v = table[static_cast<unsigned char>(c)];
    if (v < 0) return fail(Code::Encoding, "base64 text with a foreign character");
    acc = (acc << 6) | static_cast<unsigned>(v);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      *at++ = static_cast<std::uint8_t>((acc >> bits) & 0xff);
    }
  }
  if ((acc & ((1U << bits) - 1U)) != 0) return fail(Code::Encoding, "base64 text with bits left over");
  return out;
}

}  // namespace

std::string to_hex(BytesView bytes) {
  std::string out(bytes.size() * 2, '0');
  char* at = out.data();
  for (const auto b : bytes) {
    *at++ = kHex[b >> 4];
    *at++ = kHex[b & 15];
  }
  return out;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(Code::Encoding, "hex text of odd length");
  Bytes out(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = kHexReverse[static_cast<unsigned char>(text[i])];
    const int low = kHexReverse[static_cast<unsigned char>(text[i + 1])];
    if (high < 0 || low < 0) return fail(Code::Encoding, "hex text with a character that is no lower-case digit");
    out[i / 2] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return out;
}

Result<Digest> digest_from_hex(std::string_view text) {
  if (text.size() != 64) return fail(Code::Encoding, "a digest is 64 hex digits");
  auto bytes = from_hex(text);
  if (!bytes) return fail(bytes.error());
  Digest out;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

std::string to_base64(BytesView bytes) { return encode64(bytes, kStandard, true); }
Result<Bytes> from_base64(std::string_view text) { return decode64(text, kStandardReverse, true); }
std::string to_base64url(BytesView bytes) { return encode64(bytes, kUrl, false); }
Result<Bytes> from_base64url(std::string_view text) { return decode64(text, kUrlReverse, false); }

}  // namespace sekisho
