#include "trust/keys/private_key.hpp"

#include <openssl/pem.h>

#include "base/core/secret.hpp"
#include "trust/keys/ossl.hpp"

namespace sekisho::trust {

namespace {

constexpr std::size_t kMaxPkcs8 = 512;

int no_passphrase(char*, int, int, void*) { return 0; }

}  // namespace

Result<PrivateKey> PrivateKey::adopt(evp_pkey_st* key) {
  PrivateKey out;
  out.key_ = std::shared_ptr<evp_pkey_st>(key, EVP_PKEY_free);
  Result<PublicKey> half = PublicKey::from_spki(to_der<i2d_PUBKEY>(key));
  if (!half) return fail(Code::KeyFile, "a private key of a kind that is not used here", half.error());
  out.public_ = std::move(*half);
  return out;
}

Result<PrivateKey> PrivateKey::generate(KeyKind kind) {
  ERR_clear_error();
  EVP_PKEY* key = nullptr;
  switch (kind) {
    case KeyKind::Ed25519: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
    case KeyKind::P256: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"); break;
    case KeyKind::P384: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"); break;
  }
  if (key == nullptr) return fail(Code::Internal, "cannot generate a key: " + ossl_error());
  return adopt(key);
}

Result<PrivateKey> PrivateKey::from_ed25519_seed(const std::array<std::uint8_t, 32>& seed) {
  EVP_PKEY* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size());
  if (key == nullptr) return fail(Code::KeyFile, "not an Ed25519 seed: " + ossl_error());
  return adopt(key);
}

Result<PrivateKey> PrivateKey::from_pkcs8(BytesView der) {
  if (der.empty() || der.size() > kMaxPkcs8) return fail(Code::KeyFile, "not a private key of a known kind");
  ERR_clear_error();
  const unsigned char* p = der.data();
  EVP_PKEY* key = d2i_AutoPrivateKey(nullptr, &p, static_cast<long>(der.size()));
  if (key == nullptr) return fail(Code::KeyFile, "a private key does not parse: " + ossl_error());
  Result<PrivateKey> out = adopt(key);
  if (out && p != der.data() + der.size()) return fail(Code::KeyFile, "octets after a private key");
  return out;
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  if (pem.size() > 4096) return fail(Code::KeyFile, "not a private key file");
  ERR_clear_error();
  BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EVP_PKEY* key = bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr;
  if (key == nullptr) return fail(Code::KeyFile, "a private key file does not parse: " + ossl_error());
  return adopt(key);
}

Result<Bytes> PrivateKey::sign(BytesView message) const {
  MdCtxPtr context(EVP_MD_CTX_new());
  const EVP_MD* md = nullptr;
  if (kind() == KeyKind::P384) md = EVP_sha384();
  if (kind() == KeyKind::P256) md = EVP_sha256();
  ERR_clear_error();
  std::size_t n = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, md, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &n, message.data(), message.size()) != 1) {
    return fail(Code::Internal, "cannot begin to sign: " + ossl_error());
  }
  Bytes out(n);
  if (EVP_DigestSign(context.get(), out.data(), &n, message.data(), message.size()) != 1) {
    return fail(Code::Internal, "cannot sign: " + ossl_error());
  }
  out.resize(n);
  return out;
}

Result<Bytes> PrivateKey::pkcs8() const {
  std::unique_ptr<PKCS8_PRIV_KEY_INFO, OsslFree<PKCS8_PRIV_KEY_INFO_free>> info(EVP_PKEY2PKCS8(key_.get()));
  Bytes der = info ? to_der<i2d_PKCS8_PRIV_KEY_INFO>(info.get()) : Bytes{};
  if (der.empty()) return fail(Code::Internal, "cannot encode a private key: " + ossl_error());
  return der;
}

Result<std::string> PrivateKey::pem() const {
  BioPtr bio(BIO_new(BIO_s_secmem()));
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return fail(Code::Internal, "cannot encode a private key: " + ossl_error());
  }
  char* data = nullptr;
  const long n = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(n));
}

Result<std::array<std::uint8_t, 32>> PrivateKey::ed25519_seed() const {
  std::array<std::uint8_t, 32> out{};
  std::size_t n = out.size();
  if (kind() != KeyKind::Ed25519 || EVP_PKEY_get_raw_private_key(key_.get(), out.data(), &n) != 1 || n != out.size()) {
    ERR_clear_error();
    return fail(Code::KeyFile, "not an Ed25519 key");
  }
  return out;
}

}  // namespace sekisho::trust
