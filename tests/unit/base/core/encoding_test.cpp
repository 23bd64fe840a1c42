#include "base/core/encoding.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace sekisho {
namespace {

// RFC 4648 section 10.
TEST(Encoding, WritesTheVectorsOfTheStandard) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(to_base64(as_bytes(plain)), text);
    EXPECT_EQ(from_base64(text).value(), to_bytes(plain));
  }
  EXPECT_EQ(to_hex(as_bytes("foobar")), "666f6f626172");
  EXPECT_EQ(to_base64url(Bytes{0xfb, 0xff}), "-_8");
  EXPECT_EQ(to_base64(Bytes{0xfb, 0xff}), "+/8=");
}

TEST(Encoding, RoundTrips) {
  ASSERT_TRUE(rc::check("all octets", [](const Bytes& octets) {
    RC_ASSERT(from_hex(to_hex(octets)).value() == octets);
    RC_ASSERT(from_base64(to_base64(octets)).value() == octets);
    RC_ASSERT(from_base64url(to_base64url(octets)).value() == octets);
  }));
}

TEST(Encoding, RefusesOtherSpellingsOfHex) {
  for (const char* text : {"0", "0G", "AB", "0x12", " 12", "12 ", "1 2", "12\n"}) EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Encoding, RefusesOtherSpellingsOfBase64) {
  const char* const refused[] = {"Z",    "Zg",   "Zg=",  "Zg===", "Zh==",   "Zm9=",  "=",        "====", "Zg==Zg==",
                                 "Z=g=", "Zm9-", "Zm9_", "Zm 9v", "Zm9v\n", " Zm9v", "Zm9v====", "A==="};
  for (const char* text : refused) EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Encoding, RefusesOtherSpellingsOfBase64url) {
  for (const char* text : {"Z", "Zg==", "Zg=", "Zh", "Zm9", "Zm9+", "Zm9/", "Zm 9v", "Zm9v\n", "ZZZZZ"}) {
    EXPECT_FALSE(from_base64url(text)) << text;
  }
}

TEST(Encoding, ADigestHas64Digits) {
  const std::string hex(64, 'a');
  EXPECT_EQ(to_hex(digest_from_hex(hex).value()), hex);
  EXPECT_FALSE(digest_from_hex(hex.substr(2)));
  EXPECT_FALSE(digest_from_hex(hex + "aa"));
  EXPECT_FALSE(digest_from_hex(std::string(64, 'A')));
}

TEST(Bytes, BigEndianIntegers) {
  EXPECT_EQ(to_hex(be64(0x0102030405060708)), "0102030405060708");
  ASSERT_TRUE(rc::check("be64 and back", [](std::uint64_t v) { RC_ASSERT(read_be64(be64(v)) == v); }));
}

}  // namespace
}  // namespace sekisho
