#include "trust/keys/key_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/core/file.hpp"
#include "base/crypto/ed25519.hpp"
#include "tests/support/test_data.hpp"

namespace sekisho::trust {
namespace {

Code code_of(const auto& result) { return result ? Code::Internal : result.error().code; }
constexpr KeyKind kKinds[] = {KeyKind::Ed25519, KeyKind::P256, KeyKind::P384};

TEST(Keys, SignAndVerifyAndComeBackFromEveryEncoding) {
  const Bytes message = to_bytes("a message");
  for (const KeyKind kind : kKinds) {
    const PrivateKey key = *PrivateKey::generate(kind);
    const Bytes signature = *key.sign(message);
    for (const PrivateKey& same : {*PrivateKey::from_pkcs8(*key.pkcs8()), *PrivateKey::from_pem(*key.pem())}) {
      EXPECT_EQ(same.kind(), kind);
      EXPECT_EQ(same.public_key().digest(), key.public_key().digest());
      EXPECT_TRUE(same.public_key().verify(message, signature));
    }
    const PublicKey half = *PublicKey::from_spki(key.public_key().spki());
    EXPECT_TRUE(half.verify(message, signature));
    EXPECT_EQ(code_of(half.verify(to_bytes("another"), signature)), Code::SignatureInvalid);
    Bytes broken = signature;
    broken[broken.size() / 2] ^= 1;
    EXPECT_EQ(code_of(half.verify(message, broken)), Code::SignatureInvalid);
    EXPECT_EQ(code_of(PublicKey::from_spki(BytesView(key.public_key().spki()).first(20))), Code::KeyFile);
    EXPECT_EQ(half.coordinates().has_value(), kind != KeyKind::Ed25519);
    EXPECT_EQ(key.ed25519_seed().has_value(), kind == KeyKind::Ed25519);
  }
}

TEST(Keys, TheSeedIsTheSameKeyEverywhere) {
  const PrivateKey key = *PrivateKey::generate(KeyKind::Ed25519);
  const auto seed = *key.ed25519_seed();
  const auto other = Ed25519PrivateKey::from_seed(seed);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->public_key().octets, *key.public_key().ed25519());
  const Bytes message = to_bytes("m");
  const Signature signature = sign(*other, message);
  EXPECT_TRUE(key.public_key().verify(message, signature));
  EXPECT_EQ(PrivateKey::from_ed25519_seed(seed)->public_key().digest(), key.public_key().digest());
}

TEST(Keys, OtherKindsAndWeakKeysAreRefused) {
  // RSA, P-521 and secp256k1 keys by their algorithm identifiers alone; an Ed25519 point of low order.
  EXPECT_EQ(code_of(PublicKey::from_ed25519({})), Code::KeyFile);
  std::array<std::uint8_t, 32> one{};
  one[0] = 1;
  EXPECT_EQ(code_of(PublicKey::from_ed25519(one)), Code::KeyFile);
  EXPECT_EQ(code_of(PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")), Code::KeyFile);
  EXPECT_EQ(code_of(PrivateKey::from_pkcs8(Bytes{})), Code::KeyFile);
  EXPECT_EQ(code_of(PublicKey::from_spki(Bytes(300))), Code::KeyFile);
}

TEST(KeyFile, PlainFilesAreOwnerOnlyAndNeverOverwritten) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "a.key";
  const PrivateKey key = *PrivateKey::generate(KeyKind::P256);
  ASSERT_TRUE(save_key(path, key));
  struct stat about{};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  const auto loaded = load_key(path, KeyKind::P256);
  ASSERT_TRUE(loaded) << loaded.error().chain();
  EXPECT_FALSE(loaded->wrapped);
  EXPECT_EQ(loaded->key.public_key().digest(), key.public_key().digest());
  EXPECT_EQ(code_of(save_key(path, key)), Code::KeyFile);
  EXPECT_EQ(code_of(load_key(path, KeyKind::Ed25519)), Code::KeyFile);
  EXPECT_EQ(code_of(load_key(folder.path() / "none", KeyKind::P256)), Code::KeyFile);
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(code_of(load_key(path, KeyKind::P256)), Code::KeyFileMode);
}

TEST(KeyFile, WrappedFilesNeedTheirPassphraseAndTheirName) {
  const test::TemporaryFolder folder;
  const auto passphrase = folder.path() / "passphrase";
  ASSERT_TRUE(write_file_atomic(passphrase, as_bytes("correct horse\n"), 0600));
  KeyWrap wrap = std::move(*KeyWrap::from_passphrase_file(passphrase));
  const PrivateKey key = *PrivateKey::generate(KeyKind::Ed25519);
  const auto path = folder.path() / "a.key";
  ASSERT_TRUE(save_key(path, key, &wrap));
  const Bytes file = *read_file(path, 4096);
  EXPECT_EQ(as_text(file).find("PRIVATE KEY"), std::string_view::npos);
  EXPECT_EQ(code_of(load_key(path, KeyKind::Ed25519)), Code::KeyFile);
  const auto loaded = load_key(path, KeyKind::Ed25519, &wrap);
  ASSERT_TRUE(loaded) << loaded.error().chain();
  EXPECT_TRUE(loaded->wrapped);
  EXPECT_EQ(loaded->key.public_key().digest(), key.public_key().digest());
  // Swapped under another name, and with another passphrase.
  const auto renamed = folder.path() / "b.key";
  ASSERT_TRUE(write_file_atomic(renamed, file, 0600));
  EXPECT_EQ(code_of(load_key(renamed, KeyKind::Ed25519, &wrap)), Code::KeyFile);
  KeyWrap other(Secret::copy_of(as_bytes("wrong")));
  EXPECT_EQ(code_of(load_key(path, KeyKind::Ed25519, &other)), Code::KeyFile);
}

TEST(SymmetricKeyFile, PlainAndWrapped) {
  const test::TemporaryFolder folder;
  Secret key(kSymmetricKeyBytes);
  key.writable()[0] = 7;
  const auto plain = folder.path() / "plain.key", wrapped = folder.path() / "wrapped.key";
  KeyWrap wrap(Secret::copy_of(as_bytes("correct horse")));
  ASSERT_TRUE(save_symmetric_key(plain, key));
  EXPECT_EQ(code_of(save_symmetric_key(plain, key)), Code::KeyFile);
  ASSERT_TRUE(save_symmetric_key(wrapped, key, &wrap));
  for (const auto& path : {plain, wrapped}) {
    const auto loaded = load_symmetric_key(path, &wrap);
    ASSERT_TRUE(loaded) << loaded.error().chain();
    EXPECT_TRUE(std::ranges::equal(loaded->key.view(), key.view()));
    EXPECT_EQ(loaded->wrapped, path == wrapped);
    EXPECT_EQ(code_of(load_key(path, KeyKind::Ed25519, &wrap)), Code::KeyFile);
  }
  EXPECT_EQ(code_of(load_symmetric_key(wrapped)), Code::KeyFile);
  KeyWrap wrong(Secret::copy_of(as_bytes("wrong")));
  EXPECT_EQ(code_of(load_symmetric_key(wrapped, &wrong)), Code::KeyFile);
  Secret shorter(16);
  const auto cut = folder.path() / "short.key";
  ASSERT_TRUE(save_symmetric_key(cut, shorter));
  EXPECT_EQ(code_of(load_symmetric_key(cut)), Code::KeyFile);
}

}  // namespace
}  // namespace sekisho::trust
