#include "base/core/clock.hpp"
#include "base/core/encoding.hpp"
#include "base/crypto/ecdsa.hpp"
#include "base/crypto/system_random.hpp"
#include "connectors/http/caller.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kTokenBytes = 64U << 10;
constexpr std::int64_t kAssertionSeconds = 240;  // SMART App Launch: at most five minutes

// RFC 7523 with ES256 or ES384, as the key's curve says.
std::string assertion(const EcdsaPrivateKey& key, const AuthPlan& auth, const std::string& client) {
  JsonObject header{{"alg", key.curve() == Curve::P256 ? "ES256" : "ES384"}, {"typ", "JWT"}};
  if (!auth.key_id.empty()) header["kid"] = auth.key_id;
  SystemRandom random;
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::seconds>(SystemClock().now().time_since_epoch()).count();
  const JsonObject claims{{"iss", client},
                          {"sub", client},
                          {"aud", auth.token_url},
                          {"jti", to_base64url(random.bytes(16))},
                          {"iat", now},
                          {"exp", now + kAssertionSeconds}};
  const std::string signed_text =
      to_base64url(as_bytes(to_text(Json(header)))) + "." + to_base64url(as_bytes(to_text(Json(claims))));
  return signed_text + "." + to_base64url(key.sign_raw(as_bytes(signed_text)));
}

std::string basic(const std::string& user, const std::string& password) {
  return "Basic " + to_base64(as_bytes(user + ":" + password));
}

bool clean(std::string_view value) { return value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos; }

}  // namespace

bool Caller::needs_token() const {
  return plan_.auth.kind == AuthKind::ClientCredentials || plan_.auth.kind == AuthKind::PrivateKeyJwt;
}

Result<std::string> Caller::resolve(const SecretText& text) const {
  if (text.secret.empty()) return text.text;
  if (!context_.secret) return fail(Code::SourceFailed, "no secrets are configured for sources");
  Result<Secret> secret = context_.secret(text.secret);
  if (!secret) return fail(Code::SourceFailed, "the secret " + text.secret + " is missing", secret.error());
  return std::string(as_text(secret->view()));
}

Result<http::ClientRequest> Caller::build(const SourceCall& call, const std::string& token,
                                          async::Deadline deadline) const {
  http::ClientRequest request;
  request.host = base_.host;
  request.port = base_.port;
  request.tls = base_.scheme == "https";
  request.target = call.target;
  request.headers = call.headers;
  request.deadline = deadline;
  request.limits.body_bytes = plan_.page_bytes;
  const AuthPlan& auth = plan_.auth;
  if (auth.kind == AuthKind::ApiKeyHeader || auth.kind == AuthKind::ApiKeyQuery) {
    Result<std::string> key = resolve(auth.key);
    if (!key) return fail(key.error());
    if (auth.kind == AuthKind::ApiKeyHeader) {
      request.headers.set(auth.name, std::move(*key));
    } else {
      request.target +=
          (request.target.find('?') == std::string::npos ? "?" : "&") + auth.name + "=" + http::percent_encode(*key);
    }
  }
  if (auth.kind == AuthKind::Basic) {
    const Result<std::string> user = resolve(auth.client_id);
    const Result<std::string> password = resolve(auth.client_secret);
    if (!user) return fail(user.error());
    if (!password) return fail(password.error());
    request.headers.set("Authorization", basic(*user, *password));
  }
  if (!token.empty()) {
    std::string value = auth.send_format;
    value.replace(value.find("{token}"), 7, token);
    request.headers.set(auth.send_header, std::move(value));
  }
  return request;
}

Result<http::ClientRequest> Caller::token_request(async::Deadline deadline) const {
  const AuthPlan& auth = plan_.auth;
  const Result<http::Url> url = http::parse_url(auth.token_url);
  if (!url) return fail(url.error());
  const Result<std::string> client = resolve(auth.client_id);
  if (!client) return fail(client.error());
  http::ClientRequest request;
  request.method = "POST";
  request.host = url->host;
  request.port = url->port;
  request.tls = url->scheme == "https";
  request.target = url->target();
  request.deadline = deadline;
  request.limits.body_bytes = kTokenBytes;
  request.headers.add("Accept", "application/json");
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  request.body = "grant_type=client_credentials";
  if (!auth.scope.empty()) request.body += "&scope=" + http::percent_encode(auth.scope);
  if (auth.kind == AuthKind::ClientCredentials) {
    const Result<std::string> secret = resolve(auth.client_secret);
    if (!secret) return fail(secret.error());
    // RFC 6749 section 2.3.1: both are form-encoded first.
    request.headers.add("Authorization", basic(http::percent_encode(*client), http::percent_encode(*secret)));
    return request;
  }
  const Result<std::string> pem = resolve(auth.key);
  if (!pem) return fail(pem.error());
  const Result<EcdsaPrivateKey> key = EcdsaPrivateKey::from_pem(*pem);
  if (!key) return fail(Code::SourceFailed, "the private key of the source is no P-256 or P-384 key", key.error());
  request.body +=
      "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" +
      assertion(*key, auth, *client);
  return request;
}

std::string Caller::kept_token() {
  const std::lock_guard lock(mutex_);
  return std::chrono::steady_clock::now() < token_until_ ? token_ : std::string();
}

void Caller::drop_token() {
  const std::lock_guard lock(mutex_);
  token_.clear();
  token_until_ = {};
}

Result<std::string> Caller::keep_token(const http::ClientResponse& answer) {
  const auto bad = [&](const char* why) {
    return Error(Code::SourceFailed, "the token server of source " + where_ + " " + why);
  };
  if (answer.status != 200) return fail(Code::SourceFailed, bad("answered ").message + std::to_string(answer.status));
  const Result<Json> document = parse_json(answer.body, {.bytes = kTokenBytes, .depth = 8, .values = 1000});
  // Its error could quote the token; it is not kept as a cause.
  if (!document || !document->is_object()) return fail(bad("answered no JSON object"));
  const Result<std::string> value = get_string(document->get_object(), "access_token");
  if (!value || value->empty() || value->size() > 16U << 10 || !clean(*value)) return fail(bad("gave no access_token"));
  std::int64_t seconds = 300;
  const Json* expires = document->get_object().if_contains("expires_in");
  if (expires != nullptr && expires->is_int64()) seconds = std::clamp<std::int64_t>(expires->get_int64(), 0, 86'400);
  const std::lock_guard lock(mutex_);
  token_ = *value;
  token_until_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(seconds * 900);
  return *value;
}

}  // namespace sekisho::connectors
