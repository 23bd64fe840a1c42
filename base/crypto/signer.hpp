// Whoever can sign with one Ed25519 key: in memory here, a token or a remote service elsewhere.
#pragma once

#include <utility>

#include "base/crypto/ed25519.hpp"

namespace sekisho {

// Thread-safe. May block (a token, a service): called on the journal's writer or a blocking pool.
class Signer {
 public:
  virtual ~Signer() = default;
  [[nodiscard]] virtual Ed25519PublicKey public_key() const = 0;
  [[nodiscard]] virtual Result<Signature> sign(BytesView message) = 0;
};

class KeySigner final : public Signer {
 public:
  explicit KeySigner(Ed25519PrivateKey key) : key_(std::move(key)), public_key_(key_.public_key()) {}
  [[nodiscard]] Ed25519PublicKey public_key() const override { return public_key_; }
  [[nodiscard]] Result<Signature> sign(BytesView message) override { return sekisho::sign(key_, message); }

 private:
  Ed25519PrivateKey key_;
  Ed25519PublicKey public_key_;
};

}  // namespace sekisho
