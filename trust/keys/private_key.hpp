// Keys of zones and nodes (formats.md 3): Ed25519, ECDSA P-256 with SHA-256, ECDSA P-384 with SHA-384.
//
// ECDSA signatures are DER (X9.62) as certificates and zone objects carry them; Ed25519 signatures are 64 octets.
// Values are cheap to copy (they share one immutable key) and safe to use from several threads.
// Errors: KeyFile for a key of another kind or damaged encoding, Internal when OpenSSL refuses to work.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

struct evp_pkey_st;

namespace sekisho::trust {

enum class KeyKind : std::uint8_t { Ed25519, P256, P384 };

[[nodiscard]] std::string_view name_of(KeyKind kind);

class PublicKey {
 public:
  // SubjectPublicKeyInfo, DER. Refuses other algorithms, explicit curve parameters and trailing octets.
  [[nodiscard]] static Result<PublicKey> from_spki(BytesView der);
  [[nodiscard]] static Result<PublicKey> from_ed25519(const std::array<std::uint8_t, 32>& octets);

  [[nodiscard]] KeyKind kind() const { return kind_; }
  [[nodiscard]] const Bytes& spki() const { return spki_; }
  [[nodiscard]] const Digest& digest() const { return digest_; }  // SHA-256 of the SPKI: the key's name everywhere
  // SignatureInvalid unless the signature is of this key over exactly this message.
  [[nodiscard]] Status verify(BytesView message, BytesView signature) const;
  // The 32 octets of an Ed25519 key; KeyFile for the others.
  [[nodiscard]] Result<std::array<std::uint8_t, 32>> ed25519() const;
  // Affine coordinates of an ECDSA key, fixed width (32 or 48 octets each); KeyFile for Ed25519.
  [[nodiscard]] Result<std::pair<Bytes, Bytes>> coordinates() const;
  [[nodiscard]] evp_pkey_st* native() const { return key_.get(); }

 private:
  std::shared_ptr<evp_pkey_st> key_;
  KeyKind kind_ = KeyKind::Ed25519;
  Bytes spki_;
  Digest digest_{};
};

class PrivateKey {
 public:
  [[nodiscard]] static Result<PrivateKey> generate(KeyKind kind);  // from OpenSSL's generator
  [[nodiscard]] static Result<PrivateKey> from_ed25519_seed(const std::array<std::uint8_t, 32>& seed);
  [[nodiscard]] static Result<PrivateKey> from_pkcs8(BytesView der);
  [[nodiscard]] static Result<PrivateKey> from_pem(std::string_view pem);

  [[nodiscard]] KeyKind kind() const { return public_.kind(); }
  [[nodiscard]] const PublicKey& public_key() const { return public_; }
  [[nodiscard]] Result<Bytes> sign(BytesView message) const;
  // The secret itself, unencrypted: for key files, TlsIdentity and base/crypto's own types. The caller wipes it.
  [[nodiscard]] Result<Bytes> pkcs8() const;
  [[nodiscard]] Result<std::string> pem() const;  // PKCS#8 PEM
  [[nodiscard]] Result<std::array<std::uint8_t, 32>> ed25519_seed() const;
  [[nodiscard]] evp_pkey_st* native() const { return key_.get(); }

 private:
  std::shared_ptr<evp_pkey_st> key_;
  PublicKey public_;
  static Result<PrivateKey> adopt(evp_pkey_st* key);
};

}  // namespace sekisho::trust
