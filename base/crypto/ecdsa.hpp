// ECDSA keys (FIPS 186-5): P-256 with SHA-256 for TLS and tokens, P-384 with SHA-384 for zone authorities.
//
// Immutable, cheap to copy, usable from several threads. Signatures exist in two spellings: DER (X.509) and raw
// R ‖ S of fixed length (JOSE, RFC 7518 section 3.4). Errors: Code::KeyFile for a key of another kind or format.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "base/core/secret.hpp"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY, for the rooms that build certificates

namespace sekisho {

enum class Curve : std::uint8_t { P256, P384 };

[[nodiscard]] constexpr std::size_t coordinate_size(Curve curve) { return curve == Curve::P256 ? 32 : 48; }

class EcdsaPublicKey {
 public:
  [[nodiscard]] static Result<EcdsaPublicKey> from_spki_der(BytesView der);
  [[nodiscard]] static Result<EcdsaPublicKey> from_pem(std::string_view pem);  // PUBLIC KEY
  // Big-endian coordinates of exactly coordinate_size octets; the point must lie on the curve.
  [[nodiscard]] static Result<EcdsaPublicKey> from_point(Curve curve, BytesView x, BytesView y);

  [[nodiscard]] Curve curve() const { return curve_; }
  [[nodiscard]] Bytes spki_der() const;
  [[nodiscard]] std::string to_pem() const;
  [[nodiscard]] Bytes x() const;
  [[nodiscard]] Bytes y() const;

  // False for every fault.
  [[nodiscard]] bool verify_der(BytesView message, BytesView signature) const;
  [[nodiscard]] bool verify_raw(BytesView message, BytesView signature) const;

  [[nodiscard]] evp_pkey_st* native() const { return key_.get(); }  // lent
  friend bool operator==(const EcdsaPublicKey& a, const EcdsaPublicKey& b);

 private:
  friend class EcdsaPrivateKey;
  EcdsaPublicKey(std::shared_ptr<evp_pkey_st> key, Curve curve) : key_(std::move(key)), curve_(curve) {}
  std::shared_ptr<evp_pkey_st> key_;
  Curve curve_;
};

class EcdsaPrivateKey {
 public:
  [[nodiscard]] static EcdsaPrivateKey generate(Curve curve);
  // PKCS #8 ("PRIVATE KEY"), not encrypted; exactly one key and nothing else.
  [[nodiscard]] static Result<EcdsaPrivateKey> from_pem(std::string_view pem);
  [[nodiscard]] static Result<EcdsaPrivateKey> from_pkcs8_der(BytesView der);

  [[nodiscard]] Curve curve() const { return curve_; }
  [[nodiscard]] EcdsaPublicKey public_key() const;
  [[nodiscard]] Secret to_pem() const;
  [[nodiscard]] Secret to_pkcs8_der() const;

  [[nodiscard]] Bytes sign_der(BytesView message) const;
  [[nodiscard]] Bytes sign_raw(BytesView message) const;

  [[nodiscard]] evp_pkey_st* native() const { return key_.get(); }  // lent

 private:
  EcdsaPrivateKey(std::shared_ptr<evp_pkey_st> key, Curve curve) : key_(std::move(key)), curve_(curve) {}
  std::shared_ptr<evp_pkey_st> key_;
  Curve curve_;
};

}  // namespace sekisho
