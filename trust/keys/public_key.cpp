#include <openssl/core_names.h>

#include "base/crypto/digest.hpp"
#include "base/crypto/ed25519.hpp"
#include "trust/keys/ossl.hpp"
#include "trust/keys/parsed.hpp"
#include "trust/keys/private_key.hpp"
#include "trust/keys/verified.hpp"

namespace sekisho::trust {

namespace {

constexpr std::size_t kMaxSpki = 256;
constexpr std::size_t kKnownKeys = 1024;

// Named curves only: a key with explicit parameters could carry a forged generator (CVE-2020-0601).
Result<KeyKind> kind_of(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return KeyKind::Ed25519;
  if (EVP_PKEY_is_a(key, "EC") != 1) return fail(Code::KeyFile, "the key is neither Ed25519 nor ECDSA");
  char group[64] = {};
  std::size_t n = 0;
  char encoding[32] = {};
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &n) != 1) {
    return fail(Code::KeyFile, "the key's curve has no name");
  }
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, encoding, sizeof encoding, &n) == 1 &&
      std::string_view(encoding) != OSSL_PKEY_EC_ENCODING_GROUP) {
    return fail(Code::KeyFile, "the key has explicit curve parameters");
  }
  if (std::string_view(group) == "prime256v1") return KeyKind::P256;
  if (std::string_view(group) == "secp384r1") return KeyKind::P384;
  return fail(Code::KeyFile, std::string("the key is on another curve: ") + group);
}

}  // namespace

std::string_view name_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::Ed25519: return "Ed25519";
    case KeyKind::P256: return "ECDSA P-256";
    case KeyKind::P384: return "ECDSA P-384";
  }
  return "unknown";
}

Result<PublicKey> PublicKey::from_spki(BytesView der) {
  // Never destroyed: OpenSSL may have cleaned up before.
  static auto* const known = new Parsed<PublicKey>(kKnownKeys);
  if (der.empty() || der.size() > kMaxSpki) return fail(Code::KeyFile, "not a public key of a known kind");
  const Digest digest = sha256(der);
  if (std::optional<PublicKey> seen = known->find(digest)) return std::move(*seen);
  const unsigned char* p = der.data();
  PkeyPtr key(d2i_PUBKEY(nullptr, &p, static_cast<long>(der.size())));
  if (!key || p != der.data() + der.size()) return fail(Code::KeyFile, "a public key does not parse: " + ossl_error());
  Result<KeyKind> kind = kind_of(key.get());
  if (!kind) return fail(kind.error());
  PublicKey out;
  out.kind_ = *kind;
  out.spki_ = to_der<i2d_PUBKEY>(key.get());
  if (!std::ranges::equal(out.spki_, der)) return fail(Code::KeyFile, "a public key is not in its one DER form");
  out.digest_ = digest;
  out.key_ = std::shared_ptr<evp_pkey_st>(key.release(), EVP_PKEY_free);
  if (out.kind_ == KeyKind::Ed25519) {
    Result<std::array<std::uint8_t, 32>> octets = out.ed25519();
    if (!octets) return fail(octets.error());
    if (!acceptable(Ed25519PublicKey{*octets})) return fail(Code::KeyFile, "an Ed25519 key of low order");
  }
  known->keep(digest, out);
  return out;
}

Result<PublicKey> PublicKey::from_ed25519(const std::array<std::uint8_t, 32>& octets) {
  // RFC 8410: SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING }.
  Bytes spki = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
  append(spki, octets);
  return from_spki(spki);
}

Status PublicKey::verify(BytesView message, BytesView signature) const {
  if (kind_ == KeyKind::Ed25519) {
    Result<std::array<std::uint8_t, 32>> octets = ed25519();
    if (!octets) return fail(octets.error());
    if (!sekisho::verify(Ed25519PublicKey{*octets}, message, signature)) {
      return fail(Code::SignatureInvalid, "an Ed25519 signature does not verify");
    }
    return {};
  }
  const Digest name = VerifiedSignatures::name_of("ecdsa", spki_, message, signature);
  if (VerifiedSignatures::shared().contains(name)) return {};
  MdCtxPtr context(EVP_MD_CTX_new());
  const EVP_MD* md = kind_ == KeyKind::P384 ? EVP_sha384() : EVP_sha256();
  ERR_clear_error();
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, md, nullptr, key_.get()) != 1) {
    return fail(Code::Internal, "cannot begin to verify: " + ossl_error());
  }
  if (EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) != 1) {
    ERR_clear_error();
    return fail(Code::SignatureInvalid, "an ECDSA signature does not verify");
  }
  VerifiedSignatures::shared().insert(name);
  return {};
}

Result<std::array<std::uint8_t, 32>> PublicKey::ed25519() const {
  std::array<std::uint8_t, 32> out{};
  std::size_t n = out.size();
  if (kind_ != KeyKind::Ed25519 || EVP_PKEY_get_raw_public_key(key_.get(), out.data(), &n) != 1 || n != out.size()) {
    ERR_clear_error();
    return fail(Code::KeyFile, "not an Ed25519 key");
  }
  return out;
}

Result<std::pair<Bytes, Bytes>> PublicKey::coordinates() const {
  if (kind_ == KeyKind::Ed25519) return fail(Code::KeyFile, "an Ed25519 key has no coordinates");
  const int width = kind_ == KeyKind::P384 ? 48 : 32;
  std::pair<Bytes, Bytes> out(Bytes(static_cast<std::size_t>(width)), Bytes(static_cast<std::size_t>(width)));
  BIGNUM* x = nullptr;
  BIGNUM* y = nullptr;
  const bool read = EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
                    EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
                    BN_bn2binpad(x, out.first.data(), width) == width &&
                    BN_bn2binpad(y, out.second.data(), width) == width;
  BN_free(x);
  BN_free(y);
  if (!read) return fail(Code::Internal, "cannot read a key's coordinates: " + ossl_error());
  return out;
}

}  // namespace sekisho::trust
