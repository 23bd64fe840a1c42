// Private keys as files with mode 0600 (formats.md 3): plain PKCS#8 PEM, or the same wrapped by one key-encryption
// key that is derived from a passphrase (Argon2id, then XChaCha20-Poly1305 per file). A symmetric key lies as base64
// below a line that says so.
//
// Errors: KeyFile (missing, damaged, wrong passphrase, another kind), KeyFileMode (readable by others).
#pragma once

#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "base/core/secret.hpp"
#include "trust/keys/private_key.hpp"

namespace sekisho::trust {

// Derives each salt's key once and keeps it: a folder's files share a salt, so a start pays for one derivation.
// Not thread-safe; one object per start-up. Wiped on destruction.
class KeyWrap {
 public:
  // The first line of the file without its newline; the file must be 0600.
  [[nodiscard]] static Result<KeyWrap> from_passphrase_file(const std::filesystem::path& path);
  explicit KeyWrap(Secret passphrase) : passphrase_(std::move(passphrase)) {}

  // context names what the box is for (the file's name), so that files cannot be swapped.
  [[nodiscard]] Result<Bytes> seal(BytesView plain, std::string_view context);
  [[nodiscard]] Result<Secret> open(BytesView sealed, std::string_view context);

 private:
  [[nodiscard]] Result<const Secret*> key_for(const Bytes& salt);
  Secret passphrase_;
  Bytes salt_;
  std::map<Bytes, Secret> keys_;
};

struct LoadedKey {
  PrivateKey key;
  bool wrapped = false;  // false: the key lies plain at 0600, and `status` says so
};

// Never overwrites: KeyFile if the file exists. Wrapped when wrap is given.
[[nodiscard]] Status save_key(const std::filesystem::path& path, const PrivateKey& key, KeyWrap* wrap = nullptr);
// A wrapped file without wrap is KeyFile ("needs a passphrase"); a plain file is accepted with or without wrap.
[[nodiscard]] Result<LoadedKey> load_key(const std::filesystem::path& path, KeyKind expected, KeyWrap* wrap = nullptr);

inline constexpr std::size_t kSymmetricKeyBytes = 32;

struct LoadedSecret {
  Secret key;  // kSymmetricKeyBytes octets
  bool wrapped = false;
};

// As save_key and load_key, of a symmetric key.
[[nodiscard]] Status save_symmetric_key(const std::filesystem::path& path, const Secret& key, KeyWrap* wrap = nullptr);
[[nodiscard]] Result<LoadedSecret> load_symmetric_key(const std::filesystem::path& path, KeyWrap* wrap = nullptr);

}  // namespace sekisho::trust
