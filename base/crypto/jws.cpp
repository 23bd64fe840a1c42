#include "base/crypto/jws.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "base/core/limits.hpp"

namespace sekisho {
namespace {

constexpr JsonLimits kHeaderLimits{.bytes = 2048, .depth = 1, .values = 8};

struct Parts {
  JwsHeader header;
  Bytes payload;
  Bytes signature;
  std::string_view signed_text;  // header '.' payload, as they came
};

std::unexpected<Error> refuse(std::string_view what) {
  return fail(Code::TokenInvalid, fmt::format("a token with {}", what));
}

Result<JwsHeader> parse_header(BytesView octets) {
  const auto json = parse_json(as_text(octets), kHeaderLimits);
  if (!json) return fail(Code::TokenInvalid, "a token whose header is not strict JSON", json.error());
  if (!json->is_object()) return refuse("a header that is no object");
  const JsonObject& object = json->get_object();
  if (Status known = only_members(object, {"alg", "typ", "kid"}); !known) {
    return fail(Code::TokenInvalid, "a token with an unknown header member", known.error());
  }
  const auto alg = get_string(object, "alg");
  const auto typ = get_optional_string(object, "typ");
  const auto kid = get_optional_string(object, "kid");
  if (!alg || !typ || !kid) return refuse("a header member that is missing or no string");
  if (*alg != "ES256") return refuse("another algorithm than ES256");
  return JwsHeader{typ->value_or(""), kid->value_or("")};
}

Result<Parts> split(std::string_view token) {
  if (token.size() > limits::kJwsBytes) {
    return fail(Code::LimitExceeded,
                fmt::format("a token of {} bytes, the limit is {}", token.size(), limits::kJwsBytes));
  }
  if (std::count(token.begin(), token.end(), '.') != 2) return refuse("other than three parts");
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  auto header = from_base64url(token.substr(0, first));
  auto payload = from_base64url(token.substr(first + 1, second - first - 1));
  auto signature = from_base64url(token.substr(second + 1));
  if (!header || !payload || !signature) return refuse("a part that is not base64url");
  auto parsed = parse_header(*header);
  if (!parsed) return fail(parsed.error());
  return Parts{std::move(*parsed), std::move(*payload), std::move(*signature), token.substr(0, second)};
}

}  // namespace

Result<std::string> sign_jws(const EcdsaPrivateKey& key, const JwsHeader& header, BytesView payload) {
  if (key.curve() != Curve::P256) return fail(Code::InvalidArgument, "ES256 needs a P-256 key");
  JsonObject object{{"alg", "ES256"}};
  if (!header.kid.empty()) object["kid"] = header.kid;
  if (!header.typ.empty()) object["typ"] = header.typ;
  const auto text = canonical_json(object);
  if (!text) return fail(text.error());
  std::string token = to_base64url(as_bytes(*text)) + "." + to_base64url(payload);
  const Bytes signature = key.sign_raw(as_bytes(token));
  token += '.';
  token += to_base64url(signature);
  if (token.size() > limits::kJwsBytes) {
    return fail(Code::LimitExceeded,
                fmt::format("a token of {} bytes, the limit is {}", token.size(), limits::kJwsBytes));
  }
  return token;
}

Result<UnverifiedJws> peek_jws(std::string_view token) {
  auto parts = split(token);
  if (!parts) return fail(parts.error());
  return UnverifiedJws{std::move(parts->header), std::move(parts->payload)};
}

Result<Bytes> verify_jws(std::string_view token, const EcdsaPublicKey& key, const JwsHeader& expected) {
  if (key.curve() != Curve::P256) return fail(Code::InvalidArgument, "ES256 needs a P-256 key");
  auto parts = split(token);
  if (!parts) return fail(parts.error());
  if (parts->header != expected) return refuse("another typ or kid than expected");
  if (!key.verify_raw(as_bytes(parts->signed_text), parts->signature))
    return refuse("a signature that does not verify");
  return std::move(parts->payload);
}

}  // namespace sekisho
