#include "base/crypto/sealed_box.hpp"

#include <cstdlib>

#include <sodium.h>

namespace sekisho {
namespace {

static_assert(kBoxKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(kPassphraseSaltBytes == crypto_pwhash_SALTBYTES);
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kBoxOverheadBytes == kNonce + kTag);

}  // namespace

Result<KeyEncryptionKey> derive_key_encryption_key(BytesView passphrase, BytesView salt16) {
  if (passphrase.empty()) return fail(Code::InvalidArgument, "an empty passphrase");
  if (salt16.size() != kPassphraseSaltBytes) return fail(Code::InvalidArgument, "a passphrase salt has 16 octets");
  Secret key(kBoxKeyBytes);
  const std::string_view text = as_text(passphrase);
  if (crypto_pwhash(key.writable().data(), key.size(), text.data(), text.size(), salt16.data(),
                    crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(Code::Internal, "deriving a key from a passphrase takes 256 MiB, which are not there");
  }
  return key;
}

Bytes seal_box(const KeyEncryptionKey& key, BytesView plain, BytesView associated, Random& random) {
  if (key.size() != kBoxKeyBytes) std::abort();
  Bytes box(plain.size() + kBoxOverheadBytes);
  random.fill(std::span(box).first(kNonce));
  crypto_aead_xchacha20poly1305_ietf_encrypt(box.data() + kNonce, nullptr, plain.data(), plain.size(),
                                             associated.data(), associated.size(), nullptr, box.data(),
                                             key.view().data());
  return box;
}

Result<Secret> open_box(const KeyEncryptionKey& key, BytesView box, BytesView associated) {
  if (key.size() != kBoxKeyBytes) std::abort();
  if (box.size() < kBoxOverheadBytes) return fail(Code::KeyFile, "a sealed box that is too short");
  Secret plain(box.size() - kBoxOverheadBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain.writable().data(), nullptr, nullptr, box.data() + kNonce,
                                                 box.size() - kNonce, associated.data(), associated.size(), box.data(),
                                                 key.view().data()) != 0) {
    return fail(Code::KeyFile, "a sealed box of another key or purpose, or an altered one");
  }
  return plain;
}

}  // namespace sekisho
