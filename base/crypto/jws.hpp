// JWS compact serialisation (RFC 7515) with ES256 and nothing else. What the payload claims is for the room above.
//
// The verifier decides the algorithm, never the token: a header is the object {alg, typ?, kid?} with alg exactly
// "ES256"; any other member (jwk, jku, x5c, crit, b64, zip …), duplicate names, padding or other spellings of base64url
// are refused. Errors: Code::TokenInvalid; Code::LimitExceeded over limits::kJwsBytes. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "base/crypto/ecdsa.hpp"

namespace sekisho {

// Empty means absent.
struct JwsHeader {
  std::string typ;
  std::string kid;
  bool operator==(const JwsHeader&) const = default;
};

// The key must be P-256 (Code::InvalidArgument).
[[nodiscard]] Result<std::string> sign_jws(const EcdsaPrivateKey& key, const JwsHeader& header, BytesView payload);

// Not verified: only to find the key by its id, and the issuer inside the payload.
struct UnverifiedJws {
  JwsHeader header;
  Bytes payload;
};
[[nodiscard]] Result<UnverifiedJws> peek_jws(std::string_view token);

// The payload of a token whose signature is right and whose header is exactly the expected one.
[[nodiscard]] Result<Bytes> verify_jws(std::string_view token, const EcdsaPublicKey& key, const JwsHeader& expected);

}  // namespace sekisho
