#include "base/crypto/digest.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <thread>

#include "base/core/encoding.hpp"

namespace sekisho {
namespace {

std::string hex(std::string_view text) { return to_hex(sha256(as_bytes(text))); }
Bytes unhex(std::string_view text) { return from_hex(text).value(); }

// FIPS 180-4 examples.
TEST(Sha256, GivesTheVectorsOfTheStandard) {
  EXPECT_EQ(hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PartsAreAsOne) {
  ASSERT_TRUE(rc::check("any cut", [](const Bytes& a, const Bytes& b) {
    Bytes both = a;
    append(both, b);
    RC_ASSERT(sha256({BytesView(a), BytesView(b)}) == sha256(both));
    Sha256 running;
    running.update(a);
    running.update(b);
    RC_ASSERT(running.finish() == sha256(both));
    running.update(b);  // starts anew
    RC_ASSERT(running.finish() == sha256(b));
  }));
}

TEST(Sha256, RunningOnesDoNotDisturbEachOther) {
  Sha256 one;
  Sha256 two;
  one.update(as_bytes("a"));
  two.update(as_bytes("ab"));
  static_cast<void>(sha256(as_bytes("between")));
  one.update(as_bytes("bc"));
  two.update(as_bytes("c"));
  Sha256 moved = std::move(one);
  EXPECT_EQ(moved.finish(), sha256(as_bytes("abc")));
  EXPECT_EQ(two.finish(), sha256(as_bytes("abc")));
}

TEST(Sha256, WorksOnEveryThread) {
  Digest other{};
  std::thread([&other] { other = sha256(as_bytes("abc")); }).join();
  EXPECT_EQ(other, sha256(as_bytes("abc")));
}

// RFC 4231 test cases 1, 2, 3, 6 and 7.
TEST(Hmac, GivesTheVectorsOfTheStandard) {
  EXPECT_EQ(to_hex(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(Bytes(20, 0xaa), Bytes(50, 0xdd))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(to_hex(hmac_sha256(Bytes(131, 0xaa), as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(to_hex(hmac_sha256_digest(Bytes(131, 0xaa),
                                      as_bytes("This is a test using a larger than block-size key and a larger than "
                                               "block-size data. The key needs to be hashed before being used by the "
                                               "HMAC algorithm."))),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

// RFC 5869 appendix A.1 … A.3.
TEST(Hkdf, GivesTheVectorsOfTheStandard) {
  const Bytes key(22, 0x0b);
  EXPECT_EQ(to_hex(hkdf_sha256(key, unhex("000102030405060708090a0b0c"), unhex("f0f1f2f3f4f5f6f7f8f9"), 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  Bytes ikm;
  Bytes salt;
  Bytes info;
  for (unsigned i = 0; i < 0x50; ++i) {
    ikm.push_back(static_cast<std::uint8_t>(i));
    salt.push_back(static_cast<std::uint8_t>(0x60 + i));
    info.push_back(static_cast<std::uint8_t>(0xb0 + i));
  }
  EXPECT_EQ(to_hex(hkdf_sha256(ikm, salt, info, 82)),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
            "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
            "cc30c58179ec3e87c14c01d5c1f3434f1d87");
  EXPECT_EQ(to_hex(hkdf_sha256(key, {}, {}, 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
  EXPECT_TRUE(hkdf_sha256(key, {}, {}, 0).empty());
  EXPECT_EQ(hkdf_sha256(key, {}, {}, 255 * 32).size(), 255U * 32U);
}

}  // namespace
}  // namespace sekisho
