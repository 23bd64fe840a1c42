#include "base/crypto/ed25519.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <type_traits>

#include "base/core/encoding.hpp"
#include "base/crypto/system_random.hpp"

namespace sekisho {
namespace {

static_assert(!std::is_copy_constructible_v<Ed25519PrivateKey>);

struct Vector {
  const char* seed;
  const char* key;
  const char* message;
  const char* signature;
};

// RFC 8032 section 7.1, tests 1, 2 and 3.
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246"
     "55141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb"
     "00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc"
     "027beceea1ec40a"},
};

TEST(Ed25519, GivesTheVectorsOfTheStandard) {
  for (const Vector& v : kVectors) {
    const auto key = Ed25519PrivateKey::from_seed(from_hex(v.seed).value());
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(key->public_key().octets), v.key);
    EXPECT_EQ(to_hex(key->seed()), v.seed);
    const Bytes message = from_hex(v.message).value();
    const Signature signature = sign(*key, message);
    EXPECT_EQ(to_hex(signature), v.signature);
    EXPECT_TRUE(verify(key->public_key(), message, signature));
  }
}

TEST(Ed25519, RefusesEveryChange) {
  SystemRandom random;
  const Ed25519PrivateKey key = Ed25519PrivateKey::generate(random);
  const Bytes message = to_bytes("message");
  const Signature signature = sign(key, message);
  ASSERT_TRUE(verify(key.public_key(), message, signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    Signature altered = signature;
    altered[bit / 8] = static_cast<std::uint8_t>(altered[bit / 8] ^ (1U << (bit % 8)));
    ASSERT_FALSE(verify(key.public_key(), message, altered)) << bit;
  }
  for (std::size_t bit = 0; bit < 256; ++bit) {
    Ed25519PublicKey other = key.public_key();
    other.octets[bit / 8] = static_cast<std::uint8_t>(other.octets[bit / 8] ^ (1U << (bit % 8)));
    ASSERT_FALSE(verify(other, message, signature)) << bit;
  }
  EXPECT_FALSE(verify(key.public_key(), to_bytes("Message"), signature));
  EXPECT_FALSE(verify(key.public_key(), {}, signature));
  EXPECT_FALSE(verify(key.public_key(), message, BytesView(signature).first(63)));
  EXPECT_FALSE(verify(key.public_key(), message, {}));
  Bytes longer(signature.begin(), signature.end());
  longer.push_back(0);
  EXPECT_FALSE(verify(key.public_key(), message, longer));
}

TEST(Ed25519, SeedsAndKeysHaveOneLength) {
  EXPECT_FALSE(Ed25519PrivateKey::from_seed(Bytes(31, 1)));
  EXPECT_FALSE(Ed25519PrivateKey::from_seed(Bytes(64, 1)));
  EXPECT_FALSE(ed25519_public_key(Bytes(33, 1)));
  EXPECT_FALSE(ed25519_public_key({}));
}

TEST(Ed25519, RefusesKeysThatProveNothing) {
  const char* const bad[] = {
      "0000000000000000000000000000000000000000000000000000000000000000",  // order 4
      "0100000000000000000000000000000000000000000000000000000000000000",  // the neutral element
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // order 2
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",  // order 8
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",  // order 8
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // p: a second spelling of 0
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",  // beyond p
      "0200000000000000000000000000000000000000000000000000000000000000",  // not on the curve
  };
  for (const char* hex : bad) EXPECT_FALSE(ed25519_public_key(from_hex(hex).value())) << hex;
  for (const Vector& v : kVectors) EXPECT_TRUE(ed25519_public_key(from_hex(v.key).value())) << v.key;
}

TEST(Ed25519, ClonesSignAlike) {
  ManualRandom random(3);
  const Ed25519PrivateKey key = Ed25519PrivateKey::generate(random);
  const Ed25519PrivateKey twin = key.clone();
  ASSERT_TRUE(
      rc::check("any message", [&](const Bytes& message) { RC_ASSERT(sign(key, message) == sign(twin, message)); }));
}

TEST(SystemRandom, Differs) {
  SystemRandom random;
  EXPECT_NE(random.digest32(), random.digest32());
  EXPECT_TRUE(random.bytes(0).empty());
}

}  // namespace
}  // namespace sekisho
