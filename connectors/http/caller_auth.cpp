#include <algorithm>
#include <functional>

#include "base/core/clock.hpp"
#include "base/core/encoding.hpp"
#include "base/crypto/ecdsa.hpp"
#include "base/crypto/rsa.hpp"
#include "base/crypto/system_random.hpp"
#include "connectors/http/caller.hpp"
#include "connectors/http/repeats.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kTokenBytes = 64U << 10;
constexpr std::int64_t kAssertionSeconds = 240;  // SMART App Launch: at most five minutes
constexpr std::int64_t kClockWorth = 30;         // a difference that matters, and the largest that is believed
constexpr std::int64_t kClockMost = 900;

// A key of any kind that JWTs are signed with here: ES256, ES384 or RS384, as the key is.
struct SigningKey {
  std::string algorithm;
  std::function<Bytes(BytesView)> sign;
};

Result<SigningKey> signing_key(std::string_view pem) {
  Result<EcdsaPrivateKey> curve = EcdsaPrivateKey::from_pem(pem);
  if (curve) {
    return SigningKey{curve->curve() == Curve::P256 ? "ES256" : "ES384",
                      [key = std::move(*curve)](BytesView message) { return key.sign_raw(message); }};
  }
  Result<RsaPrivateKey> rsa = RsaPrivateKey::from_pem(pem);
  if (!rsa) return fail(Code::SourceFailed, "the private key of the source is no P-256, P-384 or RSA key", rsa.error());
  return SigningKey{"RS384", [key = std::move(*rsa)](BytesView message) { return key.sign_rs384(message); }};
}

std::string basic(const std::string& user, const std::string& password) {
  return "Basic " + to_base64(as_bytes(user + ":" + password));
}

bool clean(std::string_view value) { return value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos; }

// RFC 6749 section 5.2. Other words could be anything, even what was sent.
std::string oauth_error(const Json& document) {
  constexpr std::string_view kWords[] = {"invalid_request",     "invalid_client",         "invalid_grant",
                                         "unauthorized_client", "unsupported_grant_type", "invalid_scope"};
  if (!document.is_object()) return {};
  const Result<std::string> word = get_string(document.get_object(), "error");
  for (const std::string_view known : kWords) {
    if (word && *word == known) return " (" + *word + ")";
  }
  return {};
}

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

Status Caller::add_fields(const std::vector<FieldPlan>& fields, http::Headers& headers) const {
  for (const FieldPlan& field : fields) {
    std::string value = field.value;
    if (!field.secret.empty()) {
      Result<std::string> secret = resolve({{}, field.secret});
      if (!secret) return fail(secret.error());
      value += *secret;
    }
    headers.set(field.name, std::move(value));
  }
  return {};
}

Status Caller::add_identity(const std::string& token, http::ClientRequest& request) const {
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
  return {};
}

Result<http::ClientRequest> Caller::build(const SourceCall& call, const std::string& token,
                                          async::Deadline deadline) const {
  http::ClientRequest request;
  request.host = base_.host;
  request.port = base_.port;
  request.tls = base_.scheme == "https";
  request.method = call.method;
  request.target = call.target;
  request.headers = call.headers;
  request.body = call.body;
  request.deadline = deadline;
  Status added = add_fields(plan_.headers, request.headers);
  if (added) added = add_fields(call.fields, request.headers);
  if (added) added = add_identity(token, request);
  if (!added) return fail(added.error());
  return request;
}

// RFC 7523, in the token server's time.
Result<std::string> Caller::assertion(const std::string& client) const {
  const AuthPlan& auth = plan_.auth;
  const Result<std::string> pem = resolve(auth.key);
  if (!pem) return fail(pem.error());
  const Result<SigningKey> key = signing_key(*pem);
  if (!key) return fail(key.error());
  JsonObject header{{"alg", key->algorithm}, {"typ", "JWT"}};
  if (!auth.key_id.empty()) header["kid"] = auth.key_id;
  SystemRandom random;
  const std::int64_t here =
      std::chrono::duration_cast<std::chrono::seconds>(SystemClock().now().time_since_epoch()).count();
  const std::int64_t now = here + clock_ahead_;
  const JsonObject claims{{"iss", client},
                          {"sub", client},
                          {"aud", auth.token_url},
                          {"jti", to_base64url(random.bytes(16))},
                          {"iat", now},
                          {"exp", now + kAssertionSeconds}};
  const std::string signed_text =
      to_base64url(as_bytes(sekisho::to_text(Json(header)))) + "." + to_base64url(as_bytes(sekisho::to_text(Json(claims))));
  return signed_text + "." + to_base64url(key->sign(as_bytes(signed_text)));
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
  if (auth.kind == AuthKind::PrivateKeyJwt) {
    const Result<std::string> proof = assertion(*client);
    if (!proof) return fail(proof.error());
    request.body +=
        "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" +
        *proof;
    return request;
  }
  const Result<std::string> secret = resolve(auth.client_secret);
  if (!secret) return fail(secret.error());
  // RFC 6749 section 2.3.1: both are form-encoded first, wherever they go.
  const std::string id = http::percent_encode(*client);
  const std::string word = http::percent_encode(*secret);
  if (auth.post) {
    request.body += "&client_id=" + id + "&client_secret=" + word;
  } else {
    request.headers.add("Authorization", basic(id, word));
  }
  return request;
}

std::string Caller::kept_token() {
  const std::lock_guard lock(mutex_);
  return std::chrono::steady_clock::now() < token_until_ ? token_ : std::string();
}

// Another reader may have renewed it meanwhile: that one stays.
void Caller::drop_token(const std::string& refused) {
  const std::lock_guard lock(mutex_);
  if (token_ != refused) return;
  token_.clear();
  token_until_ = {};
}

bool Caller::learn_clock(const http::ClientResponse& answer) {
  if (plan_.auth.kind != AuthKind::PrivateKeyJwt) return false;
  const auto ahead = clock_difference(answer.headers);
  if (!ahead || std::abs(ahead->count() - clock_ahead_) < kClockWorth || std::abs(ahead->count()) > kClockMost) {
    return false;
  }
  clock_ahead_ = ahead->count();
  return true;
}

Result<std::string> Caller::keep_token(const http::ClientResponse& answer) {
  const auto bad = [&](const std::string& why) {
    return Error(Code::SourceFailed, "the token server of source " + where_ + " " + why);
  };
  const Result<Json> document = parse_json(answer.body, {.bytes = kTokenBytes, .depth = 8, .values = 1000});
  if (answer.status != 200) {
    return fail(bad("answered " + std::to_string(answer.status) + (document ? oauth_error(*document) : "")));
  }
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
