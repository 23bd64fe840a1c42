#include "trust/log/checkpoint.hpp"

#include <gtest/gtest.h>

#include "trust/log/merkle.hpp"

namespace sekisho::trust {
namespace {

constexpr const char* kOrigin = "farm.jp.example/sekisho/2026h2";

KeySigner key_of(std::uint8_t seed) { return KeySigner(Ed25519PrivateKey::from_seed(Bytes(32, seed)).value()); }

TEST(Checkpoint, SignedAndOpened) {
  KeySigner key = key_of(3);
  const Checkpoint head{kOrigin, 42, leaf_hash({}), ""};
  const std::string note = sign_checkpoint(head, key).value();
  const VerifierKey vkey{kOrigin, NoteKeyType::Ed25519, key.public_key()};
  const Result<OpenedCheckpoint> opened = open_checkpoint(note, vkey);
  ASSERT_TRUE(opened) << opened.error().chain();
  EXPECT_EQ(opened->checkpoint, head);

  std::string larger = note;
  larger.replace(larger.find("\n42\n"), 4, "\n43\n");  // the size is signed
  EXPECT_FALSE(open_checkpoint(larger, vkey));
  KeySigner other = key_of(4);
  EXPECT_FALSE(open_checkpoint(note, {kOrigin, NoteKeyType::Ed25519, other.public_key()}));
  EXPECT_FALSE(open_checkpoint(note, {"trade.eu.example/sekisho/2026h2", NoteKeyType::Ed25519, key.public_key()}));
}

TEST(Checkpoint, StrictText) {
  const std::string root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  ASSERT_TRUE(parse_checkpoint_text("o\n0\n" + root));
  EXPECT_EQ(parse_checkpoint_text("o\n0\n" + root + "more\n").value().extensions, "more\n");
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"empty", ""},
      {"two lines", "o\n1\n"},
      {"leading zero", "o\n01\n" + root},
      {"sign", "o\n+1\n" + root},
      {"negative", "o\n-1\n" + root},
      {"hexadecimal", "o\n0x1\n" + root},
      {"over 64 bits", "o\n18446744073709551616\n" + root},
      {"carriage return", "o\n1\r\n" + root},
      {"no origin", "\n1\n" + root},
      {"origin with a space", "o o\n1\n" + root},
      {"origin of cosignatures", "cosignature/v1\n1\n" + root},
      {"short root", "o\n1\nAAAA\n"},
      {"unpadded root", "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n"},
      {"empty extension", "o\n1\n" + root + "\nx\n"},
      {"unfinished extension", "o\n1\n" + root + "x"},
  };
  for (const auto& [name, text] : cases) EXPECT_FALSE(parse_checkpoint_text(text)) << name;
}

TEST(Checkpoint, OriginsOfSekishoLogs) {
  const LogOrigin origin = parse_log_origin(kOrigin).value();
  EXPECT_EQ(origin.dns, "farm.jp.example");
  EXPECT_EQ(origin.shard(), "2026h2");
  EXPECT_EQ(parse_log_origin("a.b/sekisho/2027h1.3").value().successor, 3U);
  EXPECT_EQ(parse_log_origin("a.b/sekisho/2027h1.3").value().text(), "a.b/sekisho/2027h1.3");
  for (const char* bad : {"", "farm.jp.example", "farm.jp.example/sekisho/", "farm.jp.example/sekisho/2026h3",
                          "farm.jp.example/sekisho/26h1", "Farm.jp.example/sekisho/2026h2", "a/sekisho/2026h2.0",
                          "a/sekisho/2026h2.01", "a/sekisho/2026h2/", "a/dxlog/2026h2", "/sekisho/2026h2",
                          "a..b/sekisho/2026h2", "cosignature/v1", "a/sekisho/2026h2.x"}) {
    EXPECT_FALSE(parse_log_origin(bad)) << bad;
  }
}

TEST(Checkpoint, OnlySekishoLogsAreSigned) {
  KeySigner key = key_of(3);
  EXPECT_FALSE(sign_checkpoint({"cosignature/v1", 1, {}, ""}, key));
  EXPECT_FALSE(sign_checkpoint({"example.com/log", 1, {}, ""}, key));
  EXPECT_FALSE(sign_checkpoint({kOrigin, 1, {}, "more\n"}, key));
}

}  // namespace
}  // namespace sekisho::trust
