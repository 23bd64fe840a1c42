// Ed25519 (RFC 8032). Verifying is libsodium's verdict everywhere, because libraries differ on edge cases: a
// canonical S, a canonical and not small-order A, a not small-order R, and the cofactorless equation. Two parties that
// judged with different libraries could disagree about one signature.
//
// Pure functions, callable from every thread.
#pragma once

#include <array>
#include <cstdint>

#include "base/core/bytes.hpp"
#include "base/core/random.hpp"
#include "base/core/result.hpp"
#include "base/core/secret.hpp"

namespace sekisho {

using Signature = std::array<std::uint8_t, 64>;

struct Ed25519PublicKey {
  std::array<std::uint8_t, 32> octets{};
  auto operator<=>(const Ed25519PublicKey&) const = default;
};

// In locked memory, wiped at the end. Move-only; clone() where two owners are meant.
class Ed25519PrivateKey {
 public:
  // 32 octets; anything else is Code::InvalidArgument.
  [[nodiscard]] static Result<Ed25519PrivateKey> from_seed(BytesView seed);
  [[nodiscard]] static Ed25519PrivateKey generate(Random& random);

  [[nodiscard]] Ed25519PublicKey public_key() const;
  [[nodiscard]] BytesView seed() const;  // for key files; valid as long as this key
  [[nodiscard]] Ed25519PrivateKey clone() const { return Ed25519PrivateKey(expanded_.clone()); }

 private:
  friend Signature sign(const Ed25519PrivateKey& key, BytesView message);
  explicit Ed25519PrivateKey(Secret expanded) : expanded_(std::move(expanded)) {}
  Secret expanded_;  // seed ‖ public key
};

[[nodiscard]] Result<Ed25519PublicKey> ed25519_public_key(BytesView octets);  // 32 octets, acceptable()

// Deterministic.
[[nodiscard]] Signature sign(const Ed25519PrivateKey& key, BytesView message);

// False for every fault: a signature of another length, a bad key, a bad signature.
[[nodiscard]] bool verify(const Ed25519PublicKey& key, BytesView message, BytesView signature);

// A canonical point of the prime-order group. Keys are asked once, when they come in.
[[nodiscard]] bool acceptable(const Ed25519PublicKey& key);

}  // namespace sekisho
