#include "trust/keys/parsed.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/crypto/digest.hpp"
#include "trust/keys/private_key.hpp"

namespace sekisho::trust {
namespace {

TEST(Parsed, GivesWhatWasKeptUnderTheVeryDigest) {
  Parsed<std::string> known(4);
  const Digest a = sha256(as_bytes("a")), b = sha256(as_bytes("b"));
  EXPECT_FALSE(known.find(a));
  known.keep(a, "A");
  EXPECT_EQ(known.find(a), "A");
  EXPECT_FALSE(known.find(b));
}

TEST(Parsed, IsBounded) {
  Parsed<int> known(4);
  for (int i = 0; i < 100; ++i) {
    const Digest digest = sha256(as_bytes(std::to_string(i)));
    known.keep(digest, i);
    EXPECT_EQ(known.find(digest), i);
    EXPECT_LE(known.size(), 4U);
  }
}

// What does not parse is judged each time, also beside its good neighbour.
TEST(Parsed, AKeyThatDoesNotParseIsNeverRemembered) {
  const Bytes good = PrivateKey::generate(KeyKind::P384).value().public_key().spki();
  Bytes longer = good;
  longer.push_back(0);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(PublicKey::from_spki(good).value().spki(), good);
    EXPECT_FALSE(PublicKey::from_spki(longer));
  }
}

}  // namespace
}  // namespace sekisho::trust
