#include "connectors/http/plan_members.hpp"

namespace sekisho::connectors {

namespace {

void read_send(Members& auth, AuthPlan& out) {
  const JsonObject* object = auth.object("send");
  if (object == nullptr) return;
  Members send(*object, auth.pointer("send"), {"header", "format"});
  send.text("header", out.send_header, true);
  send.text("format", out.send_format, true);
  if (!is_plain_name(out.send_header)) send.say("header", "not a field name");
  if (out.send_format.find("{token}") == std::string::npos) send.say("format", "must hold {token}");
  auth.take(send.status());
}

void read_api_key(Members& auth, AuthPlan& out) {
  const bool header = auth.find("header") != nullptr;
  if (header && auth.find("query") != nullptr) auth.say("query", "goes not with header");
  out.kind = header ? AuthKind::ApiKeyHeader : AuthKind::ApiKeyQuery;
  auth.text(header ? "header" : "query", out.name, true);
  if (!is_plain_name(out.name)) auth.say(header ? "header" : "query", "not a name");
  auth.secret_text("key", out.key, true);
}

void read_token_call(Members& auth, AuthPlan& out) {
  auth.text("token_url", out.token_url, true);
  if (auth.status()) check_source_url(auth, "token_url", out.token_url);
  auth.secret_text("client_id", out.client_id, false);
  if (out.kind == AuthKind::ClientCredentials) auth.secret_text("client_secret", out.client_secret, true);
  if (out.kind == AuthKind::PrivateKeyJwt) auth.secret_text("key", out.key, true);
  auth.text("kid", out.key_id);
  auth.text("scope", out.scope);
  std::string way = out.post ? "post" : "basic";
  auth.text("client_auth", way);
  if (way != "post" && way != "basic") auth.say("client_auth", "must be basic or post");
  out.post = way == "post";
  read_send(auth, out);
}

}  // namespace

Status read_auth(const JsonObject& object, AuthPlan& out) {
  Members kind_of(object, "/auth",
                  {"kind", "header", "query", "key", "user", "password", "token_url", "client_id", "client_secret",
                   "client_auth", "scope", "send", "kid"});
  std::string kind;
  kind_of.text("kind", kind, true);
  if (!kind_of.status()) return kind_of.status();
  if (kind == "api_key") {
    Members auth(object, "/auth", {"kind", "header", "query", "key"});
    read_api_key(auth, out);
    return auth.status();
  }
  if (kind == "basic") {
    Members auth(object, "/auth", {"kind", "user", "password"});
    out.kind = AuthKind::Basic;
    auth.secret_text("user", out.client_id, false);
    auth.secret_text("password", out.client_secret, true);
    return auth.status();
  }
  if (kind == "oauth2_client_credentials") {
    Members auth(object, "/auth", {"kind", "token_url", "client_id", "client_secret", "client_auth", "scope", "send"});
    out.kind = AuthKind::ClientCredentials;
    read_token_call(auth, out);
    return auth.status();
  }
  if (kind == "private_key_jwt") {
    Members auth(object, "/auth", {"kind", "token_url", "client_id", "key", "kid", "scope", "send"});
    out.kind = AuthKind::PrivateKeyJwt;
    read_token_call(auth, out);
    return auth.status();
  }
  kind_of.say("kind", "must be api_key, basic, oauth2_client_credentials or private_key_jwt");
  return kind_of.status();
}

}  // namespace sekisho::connectors
