#include "base/crypto/ed25519.hpp"

#include <algorithm>
#include <cstdlib>

#include <sodium.h>

namespace sekisho {
namespace {

// Chooses the field arithmetic of this processor; without it libsodium works too, but slower.
void ready() {
  static const int verdict = sodium_init();
  if (verdict < 0) std::abort();
}

}  // namespace

Result<Ed25519PrivateKey> Ed25519PrivateKey::from_seed(BytesView seed) {
  ready();
  if (seed.size() != crypto_sign_SEEDBYTES) return fail(Code::InvalidArgument, "an Ed25519 seed has 32 octets");
  Secret expanded(crypto_sign_SECRETKEYBYTES);
  Ed25519PublicKey ignored;
  crypto_sign_seed_keypair(ignored.octets.data(), expanded.writable().data(), seed.data());
  return Ed25519PrivateKey(std::move(expanded));
}

Ed25519PrivateKey Ed25519PrivateKey::generate(Random& random) {
  Secret seed(crypto_sign_SEEDBYTES);
  random.fill(seed.writable());
  return std::move(*from_seed(seed.view()));
}

Ed25519PublicKey Ed25519PrivateKey::public_key() const {
  Ed25519PublicKey out;
  const BytesView half = expanded_.view().subspan(crypto_sign_SEEDBYTES);
  std::copy(half.begin(), half.end(), out.octets.begin());
  return out;
}

BytesView Ed25519PrivateKey::seed() const { return expanded_.view().first(crypto_sign_SEEDBYTES); }

Result<Ed25519PublicKey> ed25519_public_key(BytesView octets) {
  Ed25519PublicKey out;
  if (octets.size() != out.octets.size()) return fail(Code::InvalidArgument, "an Ed25519 public key has 32 octets");
  std::copy(octets.begin(), octets.end(), out.octets.begin());
  if (!acceptable(out)) return fail(Code::InvalidArgument, "an Ed25519 public key of small order or not on the curve");
  return out;
}

Signature sign(const Ed25519PrivateKey& key, BytesView message) {
  Signature out;
  crypto_sign_detached(out.data(), nullptr, message.data(), message.size(), key.expanded_.view().data());
  return out;
}

bool verify(const Ed25519PublicKey& key, BytesView message, BytesView signature) {
  ready();
  if (signature.size() != crypto_sign_BYTES) return false;
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.octets.data()) == 0;
}

bool acceptable(const Ed25519PublicKey& key) {
  ready();
  return crypto_core_ed25519_is_valid_point(key.octets.data()) == 1;
}

}  // namespace sekisho
