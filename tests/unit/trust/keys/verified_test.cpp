#include "trust/keys/verified.hpp"

#include <gtest/gtest.h>

#include "trust/keys/private_key.hpp"

namespace sekisho::trust {
namespace {

TEST(VerifiedSignatures, NamesDifferInEveryPart) {
  const Bytes a = to_bytes("a"), b = to_bytes("b"), ab = to_bytes("ab"), none;
  const Digest name = VerifiedSignatures::name_of("ecdsa", a, ab, b);
  const Digest others[] = {
      VerifiedSignatures::name_of("crl", a, ab, b),
      VerifiedSignatures::name_of("ecdsa", b, ab, b),
      VerifiedSignatures::name_of("ecdsa", a, a, b),
      VerifiedSignatures::name_of("ecdsa", a, ab, a),
      VerifiedSignatures::name_of("ecdsa", a, to_bytes("abb"), none),
      VerifiedSignatures::name_of("ecdsa", a, a, to_bytes("bb")),
  };
  for (const Digest& other : others) EXPECT_NE(name, other);
  EXPECT_EQ(name, VerifiedSignatures::name_of("ecdsa", a, ab, b));
}

TEST(VerifiedSignatures, IsBounded) {
  VerifiedSignatures memo(4);
  for (int i = 0; i < 100; ++i) {
    const Digest name = VerifiedSignatures::name_of("x", {}, to_bytes(std::to_string(i)), {});
    memo.insert(name);
    EXPECT_TRUE(memo.contains(name));
    EXPECT_LE(memo.size(), 4U);
  }
}

// What verified once must not let anything else verify.
TEST(VerifiedSignatures, OnlyTheVerySameSignatureIsRemembered) {
  const PrivateKey key = PrivateKey::generate(KeyKind::P384).value();
  const PrivateKey other = PrivateKey::generate(KeyKind::P384).value();
  const Bytes message = to_bytes("message");
  Bytes signature = key.sign(message).value();
  ASSERT_TRUE(key.public_key().verify(message, signature));
  EXPECT_TRUE(key.public_key().verify(message, signature));
  EXPECT_FALSE(other.public_key().verify(message, signature));
  EXPECT_FALSE(key.public_key().verify(to_bytes("messagf"), signature));
  signature.back() ^= 1;
  EXPECT_FALSE(key.public_key().verify(message, signature));
  EXPECT_FALSE(key.public_key().verify(message, signature));  // refusals are not remembered either way
}

}  // namespace
}  // namespace sekisho::trust
