#include "trust/keys/key_file.hpp"

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/file.hpp"
#include "base/crypto/sealed_box.hpp"
#include "base/crypto/system_random.hpp"

namespace sekisho::trust {

namespace {

constexpr std::size_t kMaxKeyFile = 4096;
constexpr std::string_view kWrappedMagic = "sekisho-wrapped-key-v1\n";
constexpr std::string_view kSymmetricMagic = "sekisho-symmetric-key-v1\n";

Status refuse_existing(const std::filesystem::path& path) {
  std::error_code ec;
  if (std::filesystem::exists(path, ec) || ec) return fail(Code::KeyFile, "a key file exists already: " + path.string());
  return {};
}

Status write_wrapped(const std::filesystem::path& path, BytesView plain, KeyWrap& wrap) {
  Result<Bytes> sealed = wrap.seal(plain, path.filename().string());
  if (!sealed) return fail(Code::KeyFile, "cannot wrap the key for " + path.string(), sealed.error());
  const std::string text = std::string(kWrappedMagic) + to_base64(*sealed) + "\n";
  return write_file_atomic(path, as_bytes(text), 0600);
}

// What stands behind the file's first line.
Result<Bytes> octets_of(std::string_view body, const std::filesystem::path& path) {
  if (body.ends_with('\n')) body.remove_suffix(1);
  Result<Bytes> octets = from_base64(body);
  if (!octets) return fail(Code::KeyFile, "a damaged key file: " + path.string(), octets.error());
  return octets;
}

// The content of a key file: as it is when plain, opened when wrapped.
Result<LoadedSecret> read_content(const std::filesystem::path& path, KeyWrap* wrap) {
  Result<Bytes> content = read_private_file(path, kMaxKeyFile);
  if (!content) {
    if (content.error().code == Code::KeyFileMode) return fail(content.error());
    return fail(Code::KeyFile, "cannot read the key file " + path.string(), content.error());
  }
  LoadedSecret held{Secret::take(std::move(*content)), false};
  const std::string_view text = as_text(held.key.view());
  if (!text.starts_with(kWrappedMagic)) return held;
  if (wrap == nullptr) return fail(Code::KeyFile, "the key file is wrapped and needs a passphrase: " + path.string());
  Result<Bytes> sealed = octets_of(text.substr(kWrappedMagic.size()), path);
  if (!sealed) return fail(sealed.error());
  Result<Secret> plain = wrap->open(*sealed, path.filename().string());
  if (!plain) return fail(Code::KeyFile, "wrong passphrase or damaged key file: " + path.string(), plain.error());
  return LoadedSecret{std::move(*plain), true};
}

}  // namespace

Result<KeyWrap> KeyWrap::from_passphrase_file(const std::filesystem::path& path) {
  Result<Bytes> content = read_private_file(path, kMaxKeyFile);
  if (!content) return fail(content.error());
  const std::string_view text = as_text(*content);
  const std::string_view line = text.substr(0, text.find('\n'));
  if (line.empty()) {
    wipe(*content);
    return fail(Code::KeyFile, "the passphrase file is empty: " + path.string());
  }
  Secret passphrase = Secret::copy_of(as_bytes(line));
  wipe(*content);
  return KeyWrap(std::move(passphrase));
}

Result<const Secret*> KeyWrap::key_for(const Bytes& salt) {
  auto found = keys_.find(salt);
  if (found == keys_.end()) {
    Result<KeyEncryptionKey> derived = derive_key_encryption_key(passphrase_.view(), salt);
    if (!derived) return fail(derived.error());
    found = keys_.emplace(salt, std::move(*derived)).first;
  }
  return &found->second;
}

Result<Bytes> KeyWrap::seal(BytesView plain, std::string_view context) {
  SystemRandom random;
  if (salt_.empty()) salt_ = random.bytes(kPassphraseSaltBytes);
  Result<const Secret*> key = key_for(salt_);
  if (!key) return fail(key.error());
  Bytes out = salt_;
  append(out, seal_box(**key, plain, as_bytes(context), random));
  return out;
}

Result<Secret> KeyWrap::open(BytesView sealed, std::string_view context) {
  if (sealed.size() < kPassphraseSaltBytes + kBoxOverheadBytes) return fail(Code::KeyFile, "a wrapped key is cut short");
  const Bytes salt = to_bytes(sealed.first(kPassphraseSaltBytes));
  Result<const Secret*> key = key_for(salt);
  if (!key) return fail(key.error());
  if (salt_.empty()) salt_ = salt;
  return open_box(**key, sealed.subspan(kPassphraseSaltBytes), as_bytes(context));
}

Status save_key(const std::filesystem::path& path, const PrivateKey& key, KeyWrap* wrap) {
  if (Status s = refuse_existing(path); !s) return s;
  if (wrap == nullptr) {
    Result<std::string> pem = key.pem();
    if (!pem) return fail(pem.error());
    Status written = write_file_atomic(path, as_bytes(*pem), 0600);
    wipe(*pem);
    return written;
  }
  Result<Bytes> plain = key.pkcs8();
  if (!plain) return fail(plain.error());
  Status written = write_wrapped(path, *plain, *wrap);
  wipe(*plain);
  return written;
}

Result<LoadedKey> load_key(const std::filesystem::path& path, KeyKind expected, KeyWrap* wrap) {
  Result<LoadedSecret> content = read_content(path, wrap);
  if (!content) return fail(content.error());
  Result<PrivateKey> key = content->wrapped ? PrivateKey::from_pkcs8(content->key.view())
                                            : PrivateKey::from_pem(as_text(content->key.view()));
  if (!key) return fail(Code::KeyFile, "cannot use the key file " + path.string(), key.error());
  if (key->kind() != expected) {
    return fail(Code::KeyFile, fmt::format("{} holds {}, not {}", path.string(), name_of(key->kind()), name_of(expected)));
  }
  return LoadedKey{std::move(*key), content->wrapped};
}

Status save_symmetric_key(const std::filesystem::path& path, const Secret& key, KeyWrap* wrap) {
  if (Status s = refuse_existing(path); !s) return s;
  if (wrap != nullptr) return write_wrapped(path, key.view(), *wrap);
  std::string text = std::string(kSymmetricMagic) + to_base64(key.view()) + "\n";
  Status written = write_file_atomic(path, as_bytes(text), 0600);
  wipe(text);
  return written;
}

Result<LoadedSecret> load_symmetric_key(const std::filesystem::path& path, KeyWrap* wrap) {
  Result<LoadedSecret> content = read_content(path, wrap);
  if (!content) return fail(content.error());
  if (!content->wrapped) {
    const std::string_view text = as_text(content->key.view());
    if (!text.starts_with(kSymmetricMagic)) return fail(Code::KeyFile, "no symmetric key: " + path.string());
    Result<Bytes> octets = octets_of(text.substr(kSymmetricMagic.size()), path);
    if (!octets) return fail(octets.error());
    content->key = Secret::take(std::move(*octets));
  }
  if (content->key.size() != kSymmetricKeyBytes) return fail(Code::KeyFile, "a damaged key file: " + path.string());
  return content;
}

}  // namespace sekisho::trust
