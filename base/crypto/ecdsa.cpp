#include "base/crypto/ecdsa.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/crypto/openssl_handles.hpp"

namespace sekisho {
namespace {

const char* group_name(Curve curve) { return curve == Curve::P256 ? "P-256" : "P-384"; }

const char* digest_name(Curve curve) { return curve == Curve::P256 ? "SHA256" : "SHA384"; }

// DER of one signature, from R ‖ S; empty when that is none.
Bytes raw_to_der(Curve curve, BytesView raw) {
  const std::size_t half = coordinate_size(curve);
  if (raw.size() != 2 * half) return {};
  const Handle<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(raw.data(), static_cast<int>(half), nullptr);
  BIGNUM* s = BN_bin2bn(raw.data() + half, static_cast<int>(half), nullptr);
  if (signature == nullptr || r == nullptr || s == nullptr || ECDSA_SIG_set0(signature.get(), r, s) != 1) std::abort();
  return to_der([&](unsigned char** out) { return i2d_ECDSA_SIG(signature.get(), out); });
}

Bytes der_to_raw(Curve curve, BytesView der) {
  const std::size_t half = coordinate_size(curve);
  const unsigned char* at = der.data();
  const Handle<ECDSA_SIG, ECDSA_SIG_free> signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (signature == nullptr) std::abort();  // it was made here
  Bytes raw(2 * half);
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), static_cast<int>(half));
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + half, static_cast<int>(half));
  return raw;
}

Bytes coordinate(EVP_PKEY* key, const char* name, Curve curve) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) std::abort();
  Bytes out(coordinate_size(curve));
  BN_bn2binpad(number, out.data(), static_cast<int>(out.size()));
  BN_free(number);
  return out;
}

}  // namespace

Result<EcdsaPublicKey> EcdsaPublicKey::from_spki_der(BytesView der) {
  const unsigned char* at = der.data();
  std::shared_ptr<EVP_PKEY> key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())), EVP_PKEY_free);
  if (key == nullptr || at != der.data() + der.size()) return key_error("no public key in DER");
  const auto curve = curve_of(key.get());
  if (!curve) return key_error("a public key that is neither P-256 nor P-384");
  return EcdsaPublicKey(std::move(key), *curve);
}

Result<EcdsaPublicKey> EcdsaPublicKey::from_point(Curve curve, BytesView x, BytesView y) {
  const std::size_t size = coordinate_size(curve);
  if (x.size() != size || y.size() != size) return key_error("coordinates of another length than the curve's");
  Bytes point{0x04};
  append(point, x);
  append(point, y);
  std::array<char, 8> group{};
  const std::string_view name = group_name(curve);
  std::copy(name.begin(), name.end(), group.begin());
  std::array<OSSL_PARAM, 3> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  const Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  const bool ok = context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                  EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.data()) == 1;
  std::shared_ptr<EVP_PKEY> key(made, EVP_PKEY_free);
  if (!ok) return key_error("a point that is not on the curve");
  const Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> check(EVP_PKEY_CTX_new_from_pkey(nullptr, made, nullptr));
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1) return key_error("a point that is not on the curve");
  return EcdsaPublicKey(std::move(key), curve);
}

Bytes EcdsaPublicKey::spki_der() const {
  return to_der([&](unsigned char** out) { return i2d_PUBKEY(key_.get(), out); });
}

Bytes EcdsaPublicKey::x() const { return coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, curve_); }
Bytes EcdsaPublicKey::y() const { return coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, curve_); }

bool EcdsaPublicKey::verify_der(BytesView message, BytesView signature) const {
  const Handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  const ErrorQueueGuard clean;
  return context != nullptr &&
         EVP_DigestVerifyInit_ex(context.get(), nullptr, digest_name(curve_), nullptr, nullptr, key_.get(), nullptr) ==
             1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

bool EcdsaPublicKey::verify_raw(BytesView message, BytesView signature) const {
  const Bytes der = raw_to_der(curve_, signature);
  return !der.empty() && verify_der(message, der);
}

bool operator==(const EcdsaPublicKey& a, const EcdsaPublicKey& b) {
  const ErrorQueueGuard clean;
  return EVP_PKEY_eq(a.key_.get(), b.key_.get()) == 1;
}

EcdsaPrivateKey EcdsaPrivateKey::generate(Curve curve) {
  std::shared_ptr<EVP_PKEY> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", group_name(curve)), EVP_PKEY_free);
  if (key == nullptr) std::abort();
  return EcdsaPrivateKey(std::move(key), curve);
}

EcdsaPublicKey EcdsaPrivateKey::public_key() const {
  const Bytes der = to_der([&](unsigned char** out) { return i2d_PUBKEY(key_.get(), out); });
  return std::move(*EcdsaPublicKey::from_spki_der(der));
}

Bytes EcdsaPrivateKey::sign_der(BytesView message) const {
  const Handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  Bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
  std::size_t size = out.size();
  if (context == nullptr ||
      EVP_DigestSignInit_ex(context.get(), nullptr, digest_name(curve_), nullptr, nullptr, key_.get(), nullptr) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) != 1) {
    std::abort();
  }
  out.resize(size);
  return out;
}

Bytes EcdsaPrivateKey::sign_raw(BytesView message) const { return der_to_raw(curve_, sign_der(message)); }

}  // namespace sekisho
