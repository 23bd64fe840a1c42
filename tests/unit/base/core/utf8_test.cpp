#include "base/core/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sekisho {
namespace {

// Written out by RFC 3629 section 3, apart from the code under test.
std::string encode(unsigned code) {
  const auto octet = [](unsigned v) { return static_cast<char>(static_cast<unsigned char>(v)); };
  if (code < 0x80) return {octet(code)};
  if (code < 0x800) return {octet(0xc0 | code >> 6), octet(0x80 | (code & 63))};
  if (code < 0x10000) return {octet(0xe0 | code >> 12), octet(0x80 | (code >> 6 & 63)), octet(0x80 | (code & 63))};
  return {octet(0xf0 | code >> 18), octet(0x80 | (code >> 12 & 63)), octet(0x80 | (code >> 6 & 63)),
          octet(0x80 | (code & 63))};
}

TEST(Utf8, AcceptsEveryCharacterAndNoSurrogate) {
  for (unsigned code = 0; code < 0x110000; ++code) {
    const std::string text = encode(code);
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    ASSERT_EQ(utf8_character(text), surrogate ? 0 : text.size()) << code;
    ASSERT_EQ(utf8_character(std::string_view(text).substr(0, text.size() - 1)), 0U) << code;
  }
  EXPECT_FALSE(valid_utf8(encode(0x110000)));
  EXPECT_FALSE(valid_utf8(encode(0x1fffff)));
}

TEST(Utf8, RefusesOtherForms) {
  for (const char* text : {"\x80", "a\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
                           "\xf0\x8f\xbf\xbf", "\xf5\x80\x80\x80", "\xff", "\xfe", "\xc3(", "\xe2(\xa1", "\xe2\x82("}) {
    EXPECT_FALSE(valid_utf8(text));
  }
  EXPECT_TRUE(valid_utf8(""));
  EXPECT_TRUE(valid_utf8("\xe9\x96\xa2\xe6\x89\x80"));
}

}  // namespace
}  // namespace sekisho
