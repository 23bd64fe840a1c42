#include "base/crypto/ecdsa.hpp"

#include <gtest/gtest.h>

#include "base/core/encoding.hpp"

namespace sekisho {
namespace {

// RFC 6979 A.2.5 and A.2.6: keys, and signatures of "sample" that any verifier must accept.
struct Vector {
  Curve curve;
  const char* x;
  const char* y;
  const char* signature;
};
constexpr Vector kVectors[] = {
    {Curve::P256, "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
     "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
     "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
    {Curve::P384, "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13",
     "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720",
     "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46"
     "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"},
};

Bytes unhex(std::string_view text) { return from_hex(text).value(); }

TEST(Ecdsa, VerifiesTheVectorsOfTheStandard) {
  for (const Vector& v : kVectors) {
    const auto key = EcdsaPublicKey::from_point(v.curve, unhex(v.x), unhex(v.y));
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_TRUE(key->verify_raw(as_bytes("sample"), unhex(v.signature)));
    EXPECT_FALSE(key->verify_raw(as_bytes("Sample"), unhex(v.signature)));
    EXPECT_EQ(to_hex(key->x()), v.x);
    EXPECT_EQ(to_hex(key->y()), v.y);
  }
}

class EcdsaTest : public testing::TestWithParam<Curve> {};
INSTANTIATE_TEST_SUITE_P(Curves, EcdsaTest, testing::Values(Curve::P256, Curve::P384));

TEST_P(EcdsaTest, SignsInBothSpellings) {
  const EcdsaPrivateKey key = EcdsaPrivateKey::generate(GetParam());
  const EcdsaPublicKey public_key = key.public_key();
  const BytesView message = as_bytes("message");
  for (int i = 0; i < 20; ++i) {  // short R and S come up
    const Bytes der = key.sign_der(message);
    const Bytes raw = key.sign_raw(message);
    ASSERT_EQ(raw.size(), 2 * coordinate_size(GetParam()));
    ASSERT_TRUE(public_key.verify_der(message, der));
    ASSERT_TRUE(public_key.verify_raw(message, raw));
    ASSERT_FALSE(public_key.verify_raw(message, der));
    ASSERT_FALSE(public_key.verify_der(message, raw));
  }
}

TEST_P(EcdsaTest, RefusesOtherSignatures) {
  const EcdsaPrivateKey key = EcdsaPrivateKey::generate(GetParam());
  const EcdsaPublicKey public_key = key.public_key();
  const Bytes raw = key.sign_raw(as_bytes("message"));
  EXPECT_FALSE(public_key.verify_raw(as_bytes("massage"), raw));
  EXPECT_FALSE(EcdsaPrivateKey::generate(GetParam()).public_key().verify_raw(as_bytes("message"), raw));
  EXPECT_FALSE(public_key.verify_raw(as_bytes("message"), BytesView(raw).first(raw.size() - 1)));
  EXPECT_FALSE(public_key.verify_raw(as_bytes("message"), {}));
  EXPECT_FALSE(public_key.verify_der(as_bytes("message"), {}));
  // R = S = 0 verifies under every key in broken verifiers (CVE-2022-21449).
  EXPECT_FALSE(public_key.verify_raw(as_bytes("message"), Bytes(raw.size(), 0)));
  EXPECT_FALSE(public_key.verify_raw(as_bytes("message"), Bytes(raw.size(), 0xff)));
  Bytes der = key.sign_der(as_bytes("message"));
  der.push_back(0);
  EXPECT_FALSE(public_key.verify_der(as_bytes("message"), der));
}

TEST_P(EcdsaTest, KeysGoThroughFiles) {
  const EcdsaPrivateKey key = EcdsaPrivateKey::generate(GetParam());
  const Secret pem = key.to_pem();
  const std::string text(as_text(pem.view()));
  EXPECT_TRUE(text.starts_with("-----BEGIN PRIVATE KEY-----\n"));
  const auto back = EcdsaPrivateKey::from_pem(text);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->curve(), GetParam());
  EXPECT_EQ(back->public_key(), key.public_key());
  EXPECT_TRUE(key.public_key().verify_raw(as_bytes("x"), back->sign_raw(as_bytes("x"))));
  EXPECT_EQ(EcdsaPublicKey::from_pem(key.public_key().to_pem()).value(), key.public_key());
  EXPECT_EQ(EcdsaPublicKey::from_spki_der(key.public_key().spki_der()).value(), key.public_key());
  EXPECT_FALSE(key.public_key() == EcdsaPrivateKey::generate(GetParam()).public_key());
}

TEST_P(EcdsaTest, RefusesFilesThatAreNotOneKey) {
  const std::string pem(as_text(EcdsaPrivateKey::generate(GetParam()).to_pem().view()));
  EXPECT_TRUE(EcdsaPrivateKey::from_pem(pem + "\n"));
  for (const std::string& text :
       {std::string(), pem + pem, "x\n" + pem, pem + "x", pem.substr(0, pem.size() / 2), pem.substr(28),
        std::string("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")}) {
    const auto key = EcdsaPrivateKey::from_pem(text);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, Code::KeyFile);
  }
  EXPECT_FALSE(EcdsaPublicKey::from_pem(pem));
  Bytes der = to_bytes(EcdsaPrivateKey::generate(GetParam()).to_pkcs8_der().view());
  EXPECT_TRUE(EcdsaPrivateKey::from_pkcs8_der(der));
  der.push_back(0);
  EXPECT_FALSE(EcdsaPrivateKey::from_pkcs8_der(der));
}

TEST(Ecdsa, RefusesPointsOffTheCurve) {
  const Bytes x = unhex(kVectors[0].x);
  Bytes y = unhex(kVectors[0].y);
  EXPECT_FALSE(EcdsaPublicKey::from_point(Curve::P384, x, y));
  EXPECT_FALSE(EcdsaPublicKey::from_point(Curve::P256, BytesView(x).first(31), y));
  EXPECT_FALSE(EcdsaPublicKey::from_point(Curve::P256, Bytes(32, 0), Bytes(32, 0)));
  y[31] ^= 1;
  EXPECT_FALSE(EcdsaPublicKey::from_point(Curve::P256, x, y));
}

TEST(Ecdsa, RefusesKeysOfOtherKinds) {
  // An Ed25519 key in PKCS #8 (RFC 8410 section 10.3), and a P-521 and an RSA public key would be further kinds.
  const char* const ed25519 =
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE "
      "KEY-----\n";
  const char* const ed25519_public =
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC "
      "KEY-----\n";
  EXPECT_FALSE(EcdsaPrivateKey::from_pem(ed25519));
  EXPECT_FALSE(EcdsaPublicKey::from_pem(ed25519_public));
}

}  // namespace
}  // namespace sekisho
