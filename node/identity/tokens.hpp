// Tokens of the data plane: a compact JWT, ES256, bound to the certificate of the connection (RFC 8705, cnf.x5t#S256),
// to one transfer and to one DID. At most 10 minutes. Only this node reads them: issuer, audience and key are its own.
//
// Thread-safe. verify() keeps the verdicts of the last tokens, keyed by SHA-256 of the whole token; a cached verdict still
// checks expiry, certificate and transfer.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/random.hpp"
#include "base/core/result.hpp"
#include "base/crypto/ecdsa.hpp"
#include "base/crypto/jws.hpp"

namespace sekisho::node {

inline constexpr std::chrono::seconds kTokenLifetime{600};

struct TokenClaims {
  std::string transfer;  // provider's process id
  std::string subject;   // DID of the peer
  Digest certificate{};  // SHA-256 of the DER of the peer's TLS certificate
  Instant issued{};
  Instant expires{};
};

class TokenService {
 public:
  // did: of this node; issuer and audience of every token. clock and random outlive the service.
  TokenService(std::string did, std::shared_ptr<const EcdsaPrivateKey> key, const Clock& clock, Random& random,
               std::size_t cache_entries = 4096);

  struct Issued {
    std::string token;
    Instant expires{};
  };
  // lifetime is cut to kTokenLifetime.
  [[nodiscard]] Result<Issued> issue(const std::string& transfer, const std::string& peer_did, const Digest& peer_cert,
                                     std::chrono::seconds lifetime = kTokenLifetime);

  // TokenInvalid for a wrong signature, header, claim set, time, or a token bound to another certificate.
  [[nodiscard]] Result<TokenClaims> verify(std::string_view token, const Digest& peer_cert);

 private:
  [[nodiscard]] Result<TokenClaims> parse(std::string_view token) const;
  [[nodiscard]] std::optional<TokenClaims> recall(const Digest& key) const;
  void remember(const Digest& key, const TokenClaims& claims);

  const std::string did_;
  const std::shared_ptr<const EcdsaPrivateKey> key_;
  const EcdsaPublicKey public_key_;
  const JwsHeader header_;
  const Clock& clock_;
  Random& random_;
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::list<Digest> order_;  // oldest first
  std::unordered_map<Digest, TokenClaims, DigestHash> seen_;
};

}  // namespace sekisho::node
