#include <gtest/gtest.h>

#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "base/crypto/digest.hpp"
#include "base/crypto/jws.hpp"
#include "node/identity/tokens.hpp"

namespace sekisho::node {
namespace {

const Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours(13)};
const std::string kDid = "did:web:farm.jp.example";
const std::string kPeer = "did:web:trade.eu.example";
const Digest kCert{1};

struct Tokens : ::testing::Test {
  std::shared_ptr<const EcdsaPrivateKey> key = std::make_shared<const EcdsaPrivateKey>(EcdsaPrivateKey::generate(Curve::P256));
  ManualClock clock{kNow};
  ManualRandom random{3};
  TokenService service{kDid, key, clock, random, 4};

  std::string issue(std::chrono::seconds lifetime = kTokenLifetime) { return service.issue("urn:uuid:t", kPeer, kCert, lifetime)->token; }
};

TEST_F(Tokens, SayWhatTheyWereIssuedFor) {
  const auto issued = service.issue("urn:uuid:t", kPeer, kCert);
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->expires, kNow + std::chrono::minutes(10));
  for (int round = 0; round < 2; ++round) {  // the second from the cache
    const auto claims = service.verify(issued->token, kCert);
    ASSERT_TRUE(claims) << claims.error().chain();
    EXPECT_EQ(claims->transfer, "urn:uuid:t");
    EXPECT_EQ(claims->subject, kPeer);
    EXPECT_EQ(claims->expires, issued->expires);
  }
}

TEST_F(Tokens, AreBoundToTheCertificateAlsoWhenCached) {
  const std::string token = issue();
  ASSERT_TRUE(service.verify(token, kCert));
  EXPECT_EQ(service.verify(token, Digest{2}).error().code, Code::TokenInvalid);
}

TEST_F(Tokens, ExpireAlsoWhenCached) {
  const std::string token = issue();
  ASSERT_TRUE(service.verify(token, kCert));
  clock.advance(kTokenLifetime - std::chrono::seconds(1));
  EXPECT_TRUE(service.verify(token, kCert));
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(service.verify(token, kCert).error().code, Code::TokenInvalid);
}

TEST_F(Tokens, NeverLiveLonger) {
  const auto issued = service.issue("urn:uuid:t", kPeer, kCert, std::chrono::hours(5));
  EXPECT_EQ(issued->expires, kNow + kTokenLifetime);
}

TEST_F(Tokens, OfAFutureClockAreRefused) {
  const std::string token = issue();
  clock.advance(-std::chrono::minutes(5));
  EXPECT_FALSE(service.verify(token, kCert));
}

TEST_F(Tokens, OfAnotherKeyOrNodeAreRefused) {
  TokenService other_key(kDid, std::make_shared<const EcdsaPrivateKey>(EcdsaPrivateKey::generate(Curve::P256)), clock, random);
  EXPECT_FALSE(service.verify(other_key.issue("urn:uuid:t", kPeer, kCert)->token, kCert));
  TokenService other_node("did:web:other.jp.example", key, clock, random);
  EXPECT_FALSE(service.verify(other_node.issue("urn:uuid:t", kPeer, kCert)->token, kCert));
}

TEST_F(Tokens, AlteredAnywhereAreRefused) {
  const std::string token = issue();
  for (std::size_t at = 0; at < token.size(); at += 7) {
    std::string altered = token;
    altered[at] = altered[at] == 'A' ? 'B' : 'A';
    if (altered != token) { EXPECT_FALSE(service.verify(altered, kCert)) << at; }
  }
  EXPECT_FALSE(service.verify(token + "A", kCert));
  EXPECT_FALSE(service.verify("", kCert));
}

// Right signature, claims that are never given.
TEST_F(Tokens, WithOtherClaimsAreRefused) {
  const auto jws = peek_jws(issue());
  ASSERT_TRUE(jws);
  const Json good = parse_json(as_text(jws->payload)).value();
  const auto sign = [&](const Json& claims) {
    const std::string text = to_text(claims);
    return sign_jws(*key, jws->header, as_bytes(text)).value();
  };
  ASSERT_TRUE(service.verify(sign(good), kCert));
  struct Change {
    std::string_view member;
    std::optional<Json> value;
  };
  const std::vector<Change> changes{{"exp", std::nullopt},
                                    {"exp", Json(good.at("iat").get_int64() + 601)},
                                    {"exp", Json(good.at("iat").get_int64())},
                                    {"exp", Json("soon")},
                                    {"exp", Json(std::int64_t{1'795'000'666'666'600})},
                                    {"iat", Json(std::int64_t{-1})},
                                    {"iss", Json(kPeer)},
                                    {"aud", Json(kPeer)},
                                    {"sub", std::nullopt},
                                    {"transfer", Json(7)},
                                    {"cnf", std::nullopt},
                                    {"cnf", Json(JsonObject{{"jkt", "x"}})},
                                    {"cnf", Json(JsonObject{{"x5t#S256", "AAAA"}})},
                                    {"admin", Json(true)}};
  for (const Change& change : changes) {
    JsonObject claims = good.get_object();
    if (change.value) {
      claims[change.member] = *change.value;
    } else {
      claims.erase(change.member);
    }
    EXPECT_FALSE(service.verify(sign(Json(claims)), kCert)) << change.member;
  }
}

TEST_F(Tokens, TheCacheIsBounded) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 32; ++i) tokens.push_back(issue());
  for (int round = 0; round < 2; ++round) {
    for (const std::string& token : tokens) EXPECT_TRUE(service.verify(token, kCert));
  }
}

}  // namespace
}  // namespace sekisho::node
