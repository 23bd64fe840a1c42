#include "base/crypto/rsa.hpp"

#include <openssl/crypto.h>
#include <openssl/x509.h>

#include "base/crypto/openssl_handles.hpp"

namespace sekisho {
namespace {

constexpr int kLeastBits = 2048;
constexpr int kMostBits = 8192;

Status usable(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") != 1) return key_error("a key that is not RSA");
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < kLeastBits || bits > kMostBits) return key_error("an RSA key that is not of 2,048 to 8,192 bits");
  return {};
}

}  // namespace

Result<RsaPublicKey> RsaPublicKey::from_pem(std::string_view pem) {
  const auto der = octets_of_pem(pem, "PUBLIC KEY");
  if (!der) return key_error("no PEM of one public key");
  const unsigned char* at = der->data();
  std::shared_ptr<EVP_PKEY> key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der->size())), EVP_PKEY_free);
  if (key == nullptr || at != der->data() + der->size()) return key_error("no public key in DER");
  const Status fits = usable(key.get());
  if (!fits) return fail(fits.error());
  return RsaPublicKey(std::move(key));
}

bool RsaPublicKey::verify_rs384(BytesView message, BytesView signature) const {
  const Handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  const ErrorQueueGuard clean;
  return context != nullptr &&
         EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA384", nullptr, nullptr, key_.get(), nullptr) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

Result<RsaPrivateKey> RsaPrivateKey::from_pem(std::string_view pem) {
  auto der = octets_of_pem(pem, "PRIVATE KEY");
  if (!der) return key_error("no PEM of one unencrypted PKCS #8 private key");
  const unsigned char* at = der->data();
  const Handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der->size())));
  const bool whole = info != nullptr && at == der->data() + der->size();
  OPENSSL_cleanse(der->data(), der->size());
  std::shared_ptr<EVP_PKEY> key(whole ? EVP_PKCS82PKEY(info.get()) : nullptr, EVP_PKEY_free);
  if (key == nullptr) return key_error("no private key in PKCS #8");
  const Status fits = usable(key.get());
  if (!fits) return fail(fits.error());
  const Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (check == nullptr || EVP_PKEY_pairwise_check(check.get()) != 1)
    return key_error("a private key and a public key that differ");
  return RsaPrivateKey(std::move(key));
}

Bytes RsaPrivateKey::sign_rs384(BytesView message) const {
  const Handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  Bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
  std::size_t size = out.size();
  if (context == nullptr ||
      EVP_DigestSignInit_ex(context.get(), nullptr, "SHA384", nullptr, nullptr, key_.get(), nullptr) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) != 1) {
    std::abort();
  }
  out.resize(size);
  return out;
}

}  // namespace sekisho
