#include "node/identity/tokens.hpp"

#include <algorithm>

#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "base/core/uuid.hpp"
#include "base/crypto/digest.hpp"
#include "base/crypto/jws.hpp"
#include "trust/identity/did_document.hpp"

namespace sekisho::node {
namespace {

constexpr std::chrono::seconds kClockStep{60};  // how far our own clock may have been set back since a token was issued

std::int64_t seconds_of(Instant at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
}

constexpr std::int64_t kLatestSecond = 253'402'300'799;  // the end of the year 9999; what is beyond has no instant

bool has_instant(std::int64_t seconds) { return seconds >= 0 && seconds <= kLatestSecond; }
Instant instant_of(std::int64_t seconds) { return Instant(std::chrono::seconds(seconds)); }

std::unexpected<Error> refuse(std::string message) { return fail(Code::TokenInvalid, std::move(message)); }

JwsHeader header_of(const std::string& did, const EcdsaPrivateKey& key) {
  const Result<trust::PublicKey> half = trust::PublicKey::from_spki(key.public_key().spki_der());
  return {"sekisho-transfer+jwt", half ? trust::key_id(did, *half) : did};
}

struct Validity {
  std::int64_t issued = 0;
  std::int64_t expires = 0;
};

Status check_time(const Validity& validity, Instant now) {
  const std::int64_t at = seconds_of(now);
  if (validity.expires - validity.issued > kTokenLifetime.count() || validity.expires <= validity.issued) {
    return refuse("the token claims a lifetime that is never given");
  }
  if (validity.issued > at + kClockStep.count()) return refuse("the token is not valid yet");
  if (at >= validity.expires) return refuse("the token has expired");
  return {};
}

}  // namespace

TokenService::TokenService(std::string did, std::shared_ptr<const EcdsaPrivateKey> key, const Clock& clock, Random& random,
                           std::size_t cache_entries)
    : did_(std::move(did)), key_(std::move(key)), public_key_(key_->public_key()), header_(header_of(did_, *key_)), clock_(clock),
      random_(random), capacity_(cache_entries) {}

Result<TokenService::Issued> TokenService::issue(const std::string& transfer, const std::string& peer_did, const Digest& peer_cert,
                                                 std::chrono::seconds lifetime) {
  const std::int64_t now = seconds_of(clock_.now());
  const std::int64_t expires = now + std::clamp(lifetime, std::chrono::seconds(1), kTokenLifetime).count();
  const JsonObject claims{{"iss", did_},
                          {"aud", did_},
                          {"sub", peer_did},
                          {"transfer", transfer},
                          {"iat", now},
                          {"exp", expires},
                          {"jti", to_text(make_uuid_v4(random_.bytes(16)))},
                          {"cnf", JsonObject{{"x5t#S256", to_base64url(peer_cert)}}}};
  const std::string payload = to_text(Json(claims));
  Result<std::string> token = sign_jws(*key_, header_, as_bytes(payload));
  if (!token) return fail(token.error());
  return Issued{std::move(*token), instant_of(expires)};
}

Result<TokenClaims> TokenService::parse(std::string_view token) const {
  Result<Bytes> payload = verify_jws(token, public_key_, header_);
  if (!payload) return fail(payload.error());
  Result<Json> json = parse_json(as_text(*payload));
  if (!json || !json->is_object()) return refuse("the token's claims are not a JSON object");
  const JsonObject& object = json->get_object();
  if (!only_members(object, {"iss", "aud", "sub", "transfer", "iat", "exp", "jti", "cnf"})) return refuse("the token has unknown claims");
  Result<std::string> issuer = get_string(object, "iss");
  Result<std::string> audience = get_string(object, "aud");
  if (!issuer || *issuer != did_ || !audience || *audience != did_) return refuse("the token is not of this node");
  Result<std::string> subject = get_string(object, "sub");
  Result<std::string> transfer = get_string(object, "transfer");
  Result<std::int64_t> issued = get_integer(object, "iat");
  Result<std::int64_t> expires = get_integer(object, "exp");
  Result<const JsonObject*> confirmation = get_object(object, "cnf");
  if (!subject || !transfer || !issued || !expires || !confirmation) return refuse("the token lacks a claim");
  if (!has_instant(*issued) || !has_instant(*expires)) return refuse("the token's times are no times");
  if (!only_members(**confirmation, {"x5t#S256"})) return refuse("the token has an unknown confirmation");
  Result<std::string> thumbprint = get_string(**confirmation, "x5t#S256");
  if (!thumbprint) return refuse("the token is not bound to a certificate");
  Result<Bytes> digest = from_base64url(*thumbprint);
  TokenClaims claims{std::move(*transfer), std::move(*subject), {}, instant_of(*issued), instant_of(*expires)};
  if (!digest || digest->size() != claims.certificate.size()) return refuse("the token is not bound to a certificate");
  std::ranges::copy(*digest, claims.certificate.begin());
  return claims;
}

Result<TokenClaims> TokenService::verify(std::string_view token, const Digest& peer_cert) {
  const Digest key = sha256(as_bytes(token));
  std::optional<TokenClaims> claims = recall(key);
  if (!claims) {
    Result<TokenClaims> parsed = parse(token);
    if (!parsed) return parsed;
    claims = std::move(*parsed);
    remember(key, *claims);
  }
  Status time = check_time({seconds_of(claims->issued), seconds_of(claims->expires)}, clock_.now());
  if (!time) return fail(time.error());
  if (claims->certificate != peer_cert) return refuse("the token is bound to another certificate");
  return std::move(*claims);
}

std::optional<TokenClaims> TokenService::recall(const Digest& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(key);
  if (found == seen_.end()) return std::nullopt;
  return found->second;
}

void TokenService::remember(const Digest& key, const TokenClaims& claims) {
  const std::lock_guard lock(mutex_);
  if (!seen_.emplace(key, claims).second) return;
  order_.push_back(key);
  if (order_.size() <= capacity_) return;
  seen_.erase(order_.front());
  order_.pop_front();
}

}  // namespace sekisho::node
