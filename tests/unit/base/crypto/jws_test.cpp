#include "base/crypto/jws.hpp"

#include <gtest/gtest.h>

#include "base/core/encoding.hpp"
#include "base/core/limits.hpp"
#include "base/crypto/digest.hpp"

namespace sekisho {
namespace {

const JwsHeader kHeader{"JWT", "did:web:farm.jp.example#token"};

class JwsTest : public testing::Test {
 protected:
  // A token with any header text, signed rightly over it.
  std::string token(std::string_view header, std::string_view payload = "{}") const {
    std::string text = to_base64url(as_bytes(header)) + "." + to_base64url(as_bytes(payload));
    return text + "." + to_base64url(key_.sign_raw(as_bytes(text)));
  }
  EcdsaPrivateKey key_ = EcdsaPrivateKey::generate(Curve::P256);
  EcdsaPublicKey public_key_ = key_.public_key();
};

TEST_F(JwsTest, SignsAndVerifies) {
  const auto text = sign_jws(key_, kHeader, as_bytes(R"({"iss":"x"})"));
  ASSERT_TRUE(text);
  EXPECT_EQ(as_text(verify_jws(*text, public_key_, kHeader).value()), R"({"iss":"x"})");
  const auto peeked = peek_jws(*text);
  ASSERT_TRUE(peeked);
  EXPECT_EQ(peeked->header, kHeader);
  const auto bare = sign_jws(key_, {}, as_bytes("{}"));
  EXPECT_TRUE(verify_jws(*bare, public_key_, {}));
}

// RFC 7515 appendix A.3; its header is exactly {"alg":"ES256"}.
TEST_F(JwsTest, VerifiesTheExampleOfTheStandard) {
  const auto key =
      EcdsaPublicKey::from_point(Curve::P256, from_base64url("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU").value(),
                                 from_base64url("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0").value());
  ASSERT_TRUE(key);
  const std::string text =
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
  EXPECT_TRUE(verify_jws(text, *key, {}));
}

TEST_F(JwsTest, TheTokenDoesNotChooseTheAlgorithm) {
  const char* const headers[] = {
      R"({"alg":"none"})",  R"({"alg":"None"})",
      R"({"alg":"nOnE"})",  R"({"alg":"HS256"})",
      R"({"alg":"ES384"})", R"({"alg":"RS256"})",
      R"({"alg":"EdDSA"})", R"({"alg":"es256"})",
      R"({"alg":""})",      R"({"alg":null})",
      R"({"alg":7})",       R"({"alg":["ES256"]})",
      R"({"ALG":"ES256"})", R"({})",
      R"({"typ":"JWT"})",
  };
  for (const char* header : headers) {
    EXPECT_FALSE(verify_jws(token(header), public_key_, {})) << header;
    EXPECT_FALSE(peek_jws(token(header))) << header;
  }
  // The classics: no signature at all, and the public key as an HMAC secret.
  const std::string none = to_base64url(as_bytes(R"({"alg":"none"})")) + "." + to_base64url(as_bytes("{}")) + ".";
  EXPECT_FALSE(verify_jws(none, public_key_, {}));
  std::string hmac = to_base64url(as_bytes(R"({"alg":"HS256"})")) + "." + to_base64url(as_bytes("{}"));
  hmac += "." + to_base64url(hmac_sha256(as_bytes(public_key_.to_pem()), as_bytes(hmac)));
  EXPECT_FALSE(verify_jws(hmac, public_key_, {}));
}

TEST_F(JwsTest, HeadersHaveNoOtherMembers) {
  EXPECT_TRUE(verify_jws(token(R"({"alg":"ES256"})"), public_key_, {}));
  const char* const headers[] = {
      R"({"alg":"ES256","jwk":{"kty":"EC"}})",
      R"({"alg":"ES256","jku":"https://x"})",
      R"({"alg":"ES256","x5u":"https://x"})",
      R"({"alg":"ES256","x5c":[]})",
      R"({"alg":"ES256","crit":["b64"],"b64":false})",
      R"({"alg":"ES256","zip":"DEF"})",
      R"({"alg":"ES256","cty":"JWT"})",
      R"({"alg":"ES256","enc":"A128GCM"})",
      R"({"alg":"none","alg":"ES256"})",
      R"({"alg":"ES256","alg":"ES256"})",
      R"({"alg":"ES256","kid":1})",
      R"(["ES256"])",
      R"("ES256")",
      R"({"alg":"ES256"}x)",
      "",
  };
  for (const char* header : headers) EXPECT_FALSE(verify_jws(token(header), public_key_, {})) << header;
}

TEST_F(JwsTest, TypAndKidAreTheExpectedOnes) {
  const std::string text = sign_jws(key_, kHeader, as_bytes("{}")).value();
  EXPECT_FALSE(verify_jws(text, public_key_, {"JWT", "did:web:shop.de.example#token"}));
  EXPECT_FALSE(verify_jws(text, public_key_, {"at+jwt", kHeader.kid}));
  EXPECT_FALSE(verify_jws(text, public_key_, {"jwt", kHeader.kid}));
  EXPECT_FALSE(verify_jws(text, public_key_, {}));
}

TEST_F(JwsTest, HasOneSpelling) {
  const std::string text = sign_jws(key_, kHeader, as_bytes(R"({"n":1})")).value();
  const std::size_t first = text.find('.');
  const std::size_t second = text.rfind('.');
  ASSERT_TRUE(verify_jws(text, public_key_, kHeader));
  std::string last_bits = text;  // 64 octets leave two bits over in the last digit
  last_bits.back() = last_bits.back() == 'A'   ? 'B'
                     : last_bits.back() == 'Q' ? 'R'
                     : last_bits.back() == 'g' ? 'h'
                                               : 'x';
  const std::string refused[] = {
      "",
      ".",
      "..",
      "...",
      text + ".",
      "." + text,
      text + ".x",
      text.substr(0, second),
      text.substr(first + 1),
      text + "=",
      text + " ",
      " " + text,
      text + "\n",
      text.substr(0, first) + "=" + text.substr(first),
      last_bits,
      text.substr(0, text.size() - 1),
      text + "A",
      text.substr(0, first) + ".." + text.substr(second + 1),
      text.substr(0, second + 1),
  };
  for (const std::string& other : refused) EXPECT_FALSE(verify_jws(other, public_key_, kHeader)) << other;
}

TEST_F(JwsTest, RefusesEveryChangedCharacter) {
  const std::string text = sign_jws(key_, kHeader, as_bytes(R"({"n":1})")).value();
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string altered = text;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify_jws(altered, public_key_, kHeader)) << i;
  }
}

TEST_F(JwsTest, RefusesOtherKeysAndDerSignatures) {
  const std::string text = sign_jws(key_, kHeader, as_bytes("{}")).value();
  EXPECT_FALSE(verify_jws(text, EcdsaPrivateKey::generate(Curve::P256).public_key(), kHeader));
  EXPECT_FALSE(verify_jws(text, EcdsaPrivateKey::generate(Curve::P384).public_key(), kHeader));
  EXPECT_FALSE(sign_jws(EcdsaPrivateKey::generate(Curve::P384), kHeader, as_bytes("{}")));
  const std::string signed_text = text.substr(0, text.rfind('.'));
  EXPECT_FALSE(
      verify_jws(signed_text + "." + to_base64url(key_.sign_der(as_bytes(signed_text))), public_key_, kHeader));
  EXPECT_FALSE(verify_jws(signed_text + "." + to_base64url(Bytes(64, 0)), public_key_, kHeader));
}

TEST_F(JwsTest, HoldsItsLimit) {
  const std::string large(limits::kJwsBytes, 'x');
  EXPECT_EQ(sign_jws(key_, kHeader, as_bytes(large)).error().code, Code::LimitExceeded);
  EXPECT_EQ(peek_jws(token(R"({"alg":"ES256"})", large)).error().code, Code::LimitExceeded);
}

}  // namespace
}  // namespace sekisho
