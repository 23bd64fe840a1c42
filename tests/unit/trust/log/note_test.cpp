#include "trust/log/note.hpp"

#include <gtest/gtest.h>

#include "base/core/encoding.hpp"

namespace sekisho::trust {
namespace {

KeySigner key_of(std::uint8_t seed) { return KeySigner(Ed25519PrivateKey::from_seed(Bytes(32, seed)).value()); }

VerifierKey vkey(const std::string& name, KeySigner& key, NoteKeyType type = NoteKeyType::Ed25519) {
  return {name, type, key.public_key()};
}

std::string signed_text(const std::string& text, const std::string& name, KeySigner& key) {
  return format_note({text, {sign_note(text, name, key).value()}});
}

// C2SP signed-note: the worked example.
constexpr std::string_view kPeterNeumann = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view kExample =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xe2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

TEST(Note, SpecificationsExampleVerifies) {
  const Result<VerifierKey> key = parse_vkey(kPeterNeumann);
  ASSERT_TRUE(key) << key.error().chain();
  EXPECT_EQ(key->text(), kPeterNeumann);
  const Result<Note> note = parse_note(kExample);
  ASSERT_TRUE(note) << note.error().chain();
  EXPECT_TRUE(verify_note(*note, *key));
  EXPECT_EQ(format_note(*note), kExample);
}

TEST(Note, AlteredTextOrKeyRefuses) {
  KeySigner key = key_of(1), other = key_of(2);
  const std::string text = "hello\nworld\n";
  Note note = parse_note(signed_text(text, "k.example/log", key)).value();
  EXPECT_TRUE(verify_note(note, vkey("k.example/log", key)));
  EXPECT_FALSE(verify_note(note, vkey("k.example/log", other)));
  EXPECT_FALSE(verify_note(note, vkey("other.example/log", key)));
  EXPECT_FALSE(verify_note(note, vkey("k.example/log", key, NoteKeyType::Cosignature)));
  note.text[0] = 'H';
  EXPECT_FALSE(verify_note(note, vkey("k.example/log", key)));
}

TEST(Note, UnknownSignersAreIgnoredKnownFailuresAreNot) {
  KeySigner key = key_of(1), other = key_of(2);
  const std::string text = "hello\n";
  const NoteSignature good = sign_note(text, "a", key).value();
  const NoteSignature foreign = sign_note(text, "b", other).value();
  const VerifierKey a = vkey("a", key);
  EXPECT_TRUE(verify_note({text, {foreign, good}}, a));
  EXPECT_FALSE(verify_note({text, {foreign}}, a));
  NoteSignature broken = good;
  broken.signature[5] ^= 1;
  EXPECT_FALSE(verify_note({text, {good, broken}}, a));
  // A valid signature under another id is not of this key.
  NoteSignature spoofed = good;
  spoofed.id ^= 1;
  EXPECT_FALSE(verify_note({text, {spoofed}}, a));
}

TEST(Note, StrictShape) {
  KeySigner key = key_of(1);
  const std::string good = signed_text("hello\n", "a", key);
  ASSERT_TRUE(parse_note(good));
  const std::string line = good.substr(good.find("\n\n") + 2);
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"empty", ""},
      {"no blank line", "hello\n" + line},
      {"no signature", "hello\n\n"},
      {"no final newline", good.substr(0, good.size() - 1)},
      {"carriage returns", "hello\r\n\r\n" + line},
      {"control character", "he\x01llo\n\n" + line},
      {"invalid UTF-8", "he\xfflo\n\n" + line},
      {"overlong UTF-8", "he\xc0\xaflo\n\n" + line},
      {"surrogate", "he\xed\xa0\x80lo\n\n" + line},
      {"hyphen for the dash", "hello\n\n- " + line.substr(4)},
      {"repeated line", good + line},
      {"text after the signatures", good + "tail\n"},
      {"no name", "hello\n\n\xe2\x80\x94 " + line.substr(line.rfind(' ') + 1)},
      {"name with plus", "hello\n\n\xe2\x80\x94 a+b " + line.substr(line.rfind(' ') + 1)},
      {"name with a wide space", "hello\n\n\xe2\x80\x94 a\xe2\x80\x83z " + line.substr(line.rfind(' ') + 1)},
      {"signature of four octets", "hello\n\n\xe2\x80\x94 a AAAAAA==\n"},
      {"not base64", "hello\n\n\xe2\x80\x94 a AAAAA!AA\n"},
      {"ten MB", std::string(10'000'000, 'x') + "\n\n" + line},
  };
  for (const auto& [name, text] : cases) EXPECT_FALSE(parse_note(text)) << name;
  std::string many = "hello\n\n";
  for (int i = 0; i < 65; ++i) many += "\xe2\x80\x94 n" + std::to_string(i) + " AAAAAAAA\n";
  EXPECT_FALSE(parse_note(many)) << "65 signatures";
}

TEST(Note, TextMayHaveEmptyLines) {
  KeySigner key = key_of(1);
  const std::string text = "a\n\nb\n";
  const Note note = parse_note(signed_text(text, "a", key)).value();
  EXPECT_EQ(note.text, text);
  EXPECT_TRUE(verify_note(note, vkey("a", key)));
}

TEST(Note, VerifierKeysAreStrict) {
  KeySigner key = key_of(1);
  const std::string good = vkey("a", key).text();
  ASSERT_TRUE(parse_vkey(good));
  std::string wrong_id = good;
  wrong_id[2] = wrong_id[2] == '0' ? '1' : '0';
  EXPECT_FALSE(parse_vkey(wrong_id));
  EXPECT_FALSE(parse_vkey("a"));
  EXPECT_FALSE(parse_vkey("a+00000000"));
  EXPECT_FALSE(parse_vkey("+" + good.substr(2)));
  // A key of small order would accept signatures that its owner never made.
  Ed25519PublicKey zero;
  zero.octets[0] = 1;
  EXPECT_FALSE(parse_vkey(VerifierKey{"a", NoteKeyType::Ed25519, zero}.text()));
}

// Ed25519 is deterministic: the vector of the audit report, 1.5 (witness test key, Tessera checkpoint of size 15).
TEST(Note, CosignaturesAreVerified) {
  const Result<VerifierKey> witness = parse_vkey("witness+24b37851+BNYV1Ztajd9BvyjP2HgpwrqYL6TjOwIjGMOq8Bu42xbN");
  ASSERT_TRUE(witness) << witness.error().chain();
  const std::string text = "example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n";
  const std::string line =
      "\xe2\x80\x94 witness "
      "JLN4UQAAAABlU/EAP16IwnR7OvdQ2qGNbozLavD2ZfgCwvg5IRioOOS/zMVYMx3UaEcI0V7tJUfTriLxHxoepUnHChdT1I+z/mJADQ==\n";
  Note note = parse_note(text + "\n" + line).value();
  EXPECT_EQ(verify_cosignature(note, *witness).value(), 1'700'000'000);
  note.signatures[0].signature[7] ^= 1;  // the time is signed
  EXPECT_FALSE(verify_cosignature(note, *witness));
}

TEST(Note, CosignatureRoundTrip) {
  KeySigner witness = key_of(7);
  const std::string text = "a.example/sekisho/2026h2\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  const VerifierKey key = vkey("w.example/sekisho/witness", witness, NoteKeyType::Cosignature);
  const NoteSignature first = cosign(text, key.name, 100, witness).value();
  const NoteSignature second = cosign(text, key.name, 200, witness).value();
  EXPECT_EQ(verify_cosignature({text, {second, first}}, key).value(), 200);
  EXPECT_FALSE(verify_cosignature({text + "x\n", {first}}, key));
  EXPECT_FALSE(verify_cosignature({text, {}}, key));
  EXPECT_FALSE(cosign(text, key.name, -1, witness));
  // A log signature with the same key is no cosignature.
  NoteSignature log = sign_note(text, key.name, witness).value();
  log.id = first.id;
  EXPECT_FALSE(verify_cosignature({text, {log}}, key));
}

}  // namespace
}  // namespace sekisho::trust
