// Keys as text and DER: PKCS #8 (RFC 5958) and SubjectPublicKeyInfo in PEM (RFC 7468), strictly one object.
#include <array>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/x509.h>

#include "base/core/encoding.hpp"
#include "base/crypto/openssl_handles.hpp"

namespace sekisho {
namespace {

constexpr std::size_t kLine = 64;

std::string to_pem_text(BytesView der, std::string_view label) {
  std::string text = to_base64(der);
  std::string out = "-----BEGIN " + std::string(label) + "-----\n";
  // Grown once: a string that moves while it grows leaves copies of a key behind.
  out.reserve(out.size() + text.size() + text.size() / kLine + label.size() + 24);
  for (std::size_t i = 0; i < text.size(); i += kLine) {
    out += std::string_view(text).substr(i, kLine);
    out += '\n';
  }
  out += "-----END ";
  out += label;
  out += "-----\n";
  wipe(text);
  return out;
}

}  // namespace

std::optional<Bytes> octets_of_pem(std::string_view pem, std::string_view label) {
  const std::string begin = "-----BEGIN " + std::string(label) + "-----\n";
  const std::string end = "-----END " + std::string(label) + "-----";
  while (pem.ends_with('\n')) pem.remove_suffix(1);
  if (!pem.starts_with(begin) || !pem.ends_with(end) || pem.size() < begin.size() + end.size()) return std::nullopt;
  pem.remove_prefix(begin.size());
  pem.remove_suffix(end.size());
  std::string text;
  text.reserve(pem.size());
  for (const char c : pem) {
    if (c != '\n') text += c;
  }
  Result<Bytes> der = from_base64(text);
  wipe(text);
  if (!der) return std::nullopt;
  return std::move(*der);
}

std::optional<Curve> curve_of(EVP_PKEY* key) {
  std::array<char, 32> name{};
  if (EVP_PKEY_is_a(key, "EC") != 1 ||
      EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(), nullptr) != 1) {
    return std::nullopt;
  }
  const std::string_view group(name.data());
  if (group == "prime256v1") return Curve::P256;
  if (group == "secp384r1") return Curve::P384;
  return std::nullopt;
}

Result<EcdsaPublicKey> EcdsaPublicKey::from_pem(std::string_view pem) {
  const auto der = octets_of_pem(pem, "PUBLIC KEY");
  if (!der) return key_error("no PEM of one public key");
  return from_spki_der(*der);
}

std::string EcdsaPublicKey::to_pem() const { return to_pem_text(spki_der(), "PUBLIC KEY"); }

Result<EcdsaPrivateKey> EcdsaPrivateKey::from_pkcs8_der(BytesView der) {
  const unsigned char* at = der.data();
  const Handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  if (info == nullptr || at != der.data() + der.size()) return key_error("no private key in PKCS #8");
  std::shared_ptr<EVP_PKEY> key(EVP_PKCS82PKEY(info.get()), EVP_PKEY_free);
  if (key == nullptr) return key_error("no private key in PKCS #8");
  const auto curve = curve_of(key.get());
  if (!curve) return key_error("a private key that is neither P-256 nor P-384");
  const Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (check == nullptr || EVP_PKEY_pairwise_check(check.get()) != 1)
    return key_error("a private key and a public key that differ");
  return EcdsaPrivateKey(std::move(key), *curve);
}

Result<EcdsaPrivateKey> EcdsaPrivateKey::from_pem(std::string_view pem) {
  auto der = octets_of_pem(pem, "PRIVATE KEY");
  if (!der) return key_error("no PEM of one unencrypted PKCS #8 private key");
  auto key = from_pkcs8_der(*der);
  wipe(*der);
  return key;
}

Secret EcdsaPrivateKey::to_pkcs8_der() const {
  const Handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(EVP_PKEY2PKCS8(key_.get()));
  if (info == nullptr) std::abort();
  return Secret::take(to_der([&](unsigned char** out) { return i2d_PKCS8_PRIV_KEY_INFO(info.get(), out); }));
}

Secret EcdsaPrivateKey::to_pem() const { return Secret::take(to_pem_text(to_pkcs8_der().view(), "PRIVATE KEY")); }

}  // namespace sekisho
