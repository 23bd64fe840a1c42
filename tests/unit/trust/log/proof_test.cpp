#include "trust/log/proof.hpp"

#include <gtest/gtest.h>

#include "trust/log/merkle.hpp"

namespace sekisho::trust {
namespace {

constexpr const char* kOrigin = "farm.jp.example/sekisho/2026h2";

struct Fixture {
  KeySigner key{Ed25519PrivateKey::from_seed(Bytes(32, 9)).value()};
  std::vector<Digest> leaves;
  LogProof proof;
  Bytes entry = to_bytes("entry 5");
  VerifierKey vkey{kOrigin, NoteKeyType::Ed25519, key.public_key()};

  Fixture() {
    for (int i = 0; i < 11; ++i) leaves.push_back(leaf_hash(to_bytes("entry " + std::to_string(i))));
    proof = {entry, 5, inclusion_path(leaves, 5), sign_checkpoint({kOrigin, 11, tree_root(leaves), ""}, key).value()};
  }
};

TEST(LogProof, RoundTripAndVerdict) {
  const Fixture f;
  const std::string text = format_proof(f.proof);
  const Result<LogProof> read = parse_proof(text);
  ASSERT_TRUE(read) << read.error().chain();
  EXPECT_EQ(format_proof(*read), text);
  EXPECT_EQ(verify_proof(*read, f.entry, f.vkey).value().size, 11U);
  EXPECT_FALSE(verify_proof(*read, to_bytes("entry 6"), f.vkey));
}

TEST(LogProof, AlteredIndexOrPathRefuses) {
  Fixture f;
  f.proof.index = 6;
  EXPECT_FALSE(verify_proof(f.proof, f.entry, f.vkey));
  f.proof.index = 11;
  EXPECT_FALSE(verify_proof(f.proof, f.entry, f.vkey));
  f.proof.index = 5;
  f.proof.path[1][0] ^= 1;
  EXPECT_FALSE(verify_proof(f.proof, f.entry, f.vkey));
}

TEST(LogProof, StrictText) {
  const Fixture f;
  const std::string good = format_proof(f.proof);
  const std::string head = "c2sp.org/tlog-proof@v1\n";
  const std::string note = "\n" + f.proof.checkpoint;
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"empty", ""},
      {"another version", "c2sp.org/tlog-proof@v2\nindex 5\n" + note},
      {"no index", head + note},
      {"index with leading zero", head + "index 05\n" + note},
      {"negative index", head + "index -5\n" + note},
      {"extra that is not base64", head + "extra !\nindex 5\n" + note},
      {"extra twice", head + "extra AA==\nextra AA==\nindex 5\n" + note},
      {"extra after the index", head + "index 5\nextra AA==\n" + note},
      {"short hash", head + "index 5\nAAAA\n" + note},
      {"carriage returns", head + "index 5\r\n" + note},
      {"no checkpoint", head + "index 5\n\n"},
      {"ends in the path", head + "index 5\n"},
      {"too large", head + "index 5\n\n" + std::string(300'000, 'x')},
  };
  ASSERT_TRUE(parse_proof(good));
  for (const auto& [name, text] : cases) EXPECT_FALSE(parse_proof(text)) << name;
  std::string many = head + "index 5\n";
  for (int i = 0; i < 64; ++i) many += "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  EXPECT_FALSE(parse_proof(many + note)) << "64 hashes";
}

}  // namespace
}  // namespace sekisho::trust
