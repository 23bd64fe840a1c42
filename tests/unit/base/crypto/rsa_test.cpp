#include "base/crypto/rsa.hpp"

#include <gtest/gtest.h>

#include "base/core/encoding.hpp"
#include "base/crypto/ecdsa.hpp"
#include "tests/support/rsa_key.hpp"

namespace sekisho {
namespace {

// Of "sample", by `openssl dgst -sha384 -sign`; the padding has no randomness.
constexpr const char* kSignature =
    "4e82fd2e5801711e354d75fedbf3b9c558c2b2779fd3d81d372f30d4059807ad137056b1a87d32a29d21a4b1dc04a8cb"
    "72403b5331b7ec403938974e665991637d9a4e105416d13a76f60f9adf478cccb78866e5460fdebc65fadbfbbfeba1d3"
    "2da32e5ec3f8f96769af6ae40e1da280674aad791ca0d826747cf0e733c3e40050ef72cabd9758c4ba5251feb42853d1"
    "208e5566869c20660ee119090d00710e180deddf5b3f04c55b6bd074cccb8bbbfd130dc26a1627dc78c77c31a8cd5c96"
    "294bdac14f7fd6122cbf1a352248e3a22064fed19afe6ac8c7fa201438a8e56f1f96b0c3b8acee15f954eff5dc4713e1"
    "494dfb1b74524f6438707fdcf1827f27";

TEST(Rsa, SignsAndVerifiesAsOpensslsCommandDoes) {
  const auto key = RsaPrivateKey::from_pem(test::kRsaPrivateKey);
  ASSERT_TRUE(key) << key.error().message;
  const auto public_key = RsaPublicKey::from_pem(test::kRsaPublicKey);
  ASSERT_TRUE(public_key) << public_key.error().message;
  const Bytes signature = key->sign_rs384(as_bytes("sample"));
  EXPECT_EQ(to_hex(signature), kSignature);
  EXPECT_TRUE(public_key->verify_rs384(as_bytes("sample"), signature));
  EXPECT_FALSE(public_key->verify_rs384(as_bytes("Sample"), signature));
  EXPECT_FALSE(public_key->verify_rs384(as_bytes("sample"), BytesView(signature).first(255)));
  EXPECT_FALSE(public_key->verify_rs384(as_bytes("sample"), {}));
}

TEST(Rsa, OtherKeysAreRefused) {
  const std::string whole(test::kRsaPrivateKey);
  const Secret curve = EcdsaPrivateKey::generate(Curve::P256).to_pem();
  struct Case {
    const char* name;
    std::string pem;
  };
  const Case cases[] = {{"empty", ""},
                        {"a public key", std::string(test::kRsaPublicKey)},
                        {"P-256", std::string(as_text(curve.view()))},
                        {"a line missing", whole.substr(0, 28) + whole.substr(93)},
                        {"text in front", "x\n" + whole},
                        {"twice", whole + whole}};
  for (const Case& c : cases) {
    const auto key = RsaPrivateKey::from_pem(c.pem);
    ASSERT_FALSE(key) << c.name;
    EXPECT_EQ(key.error().code, Code::KeyFile) << c.name;
  }
}

}  // namespace
}  // namespace sekisho
