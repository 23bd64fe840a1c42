#include <algorithm>
#include <array>

#include "base/http/url.hpp"
#include "connectors/http/source_plan.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kMaxStreams = 64;
constexpr std::size_t kMaxText = 2048;

using Names = std::initializer_list<std::string_view>;

Error at(const std::string& pointer, const std::string& why) {
  return Error(Code::JsonShape, "source manifest, " + pointer + ": " + why).with("pointer", pointer);
}

// Reads members of one object and keeps the first error, so that a table of members stays a table.
class Members {
 public:
  Members(const JsonObject& object, std::string base, Names known) : object_(object), base_(std::move(base)) {
    for (const auto& member : object) {
      const std::string_view name = member.key();
      if (std::ranges::find(known, name) == known.end()) say(name, "unknown member");
    }
  }

  [[nodiscard]] std::string pointer(std::string_view name) const { return base_ + "/" + std::string(name); }
  void say(std::string_view name, const std::string& why) {
    if (status_) status_ = fail(at(pointer(name), why));
  }
  [[nodiscard]] const Json* find(std::string_view name) const { return object_.if_contains(name); }
  [[nodiscard]] const Status& status() const { return status_; }

  void text(std::string_view name, std::string& out, bool required = false, bool blank = false) {
    const Json* value = find(name);
    if (value == nullptr) {
      if (required) say(name, "missing");
      return;
    }
    if (!value->is_string()) return say(name, "must be a string");
    const std::string_view given = value->get_string();
    const bool control =
        std::ranges::any_of(given, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if ((given.empty() && !blank) || given.size() > kMaxText || control) {
      return say(name, "must be 1 to 2,048 octets without control characters");
    }
    out = std::string(given);
  }

  void number(std::string_view name, std::int64_t& out, std::int64_t least, std::int64_t most) {
    const Json* value = find(name);
    if (value == nullptr) return;
    if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
      return say(name, "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
    }
    out = value->get_int64();
  }

  // "text" or {"secret": "name"}
  void secret_text(std::string_view name, SecretText& out, bool must_be_secret) {
    const Json* value = find(name);
    if (value == nullptr) return say(name, "missing");
    if (value->is_object()) {
      Members inner(value->get_object(), pointer(name), {"secret"});
      inner.text("secret", out.secret, true);
      if (status_) status_ = inner.status();
      return;
    }
    if (must_be_secret) return say(name, R"(must be {"secret": "name"})");
    text(name, out.text, true);
  }

  void json_pointer(std::string_view name, std::string& out) {
    text(name, out);
    if (!out.empty() && out.front() != '/') say(name, "must be a JSON pointer");
  }

 private:
  const JsonObject& object_;
  std::string base_;
  Status status_;
};

bool is_field_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

bool is_local(const std::string& host) { return host == "127.0.0.1" || host == "::1" || host == "localhost"; }

void check_url(Members& members, std::string_view name, const std::string& text) {
  const Result<http::Url> url = http::parse_url(text);
  if (!url) return members.say(name, "not a URL");
  if (url->scheme != "https" && !is_local(url->host)) members.say(name, "http only to this machine; use https");
}

void read_send(Members& auth, const Json& value, AuthPlan& out) {
  if (!value.is_object()) return auth.say("send", "must be an object");
  Members send(value.get_object(), auth.pointer("send"), {"header", "format"});
  send.text("header", out.send_header, true);
  send.text("format", out.send_format, true);
  if (!is_field_name(out.send_header)) send.say("header", "not a field name");
  if (out.send_format.find("{token}") == std::string::npos) send.say("format", "must hold {token}");
  if (!send.status()) auth.say("send", send.status().error().message);
}

Status read_auth(const JsonObject& object, AuthPlan& out) {
  Members auth(object, "/auth",
               {"kind", "header", "query", "key", "user", "password", "token_url", "client_id", "client_secret",
                "scope", "send", "kid"});
  std::string kind;
  auth.text("kind", kind, true);
  if (kind == "api_key") {
    const bool header = auth.find("header") != nullptr;
    out.kind = header ? AuthKind::ApiKeyHeader : AuthKind::ApiKeyQuery;
    auth.text(header ? "header" : "query", out.name, true);
    if (!is_field_name(out.name)) auth.say(header ? "header" : "query", "not a name");
    auth.secret_text("key", out.key, true);
  } else if (kind == "basic") {
    out.kind = AuthKind::Basic;
    auth.secret_text("user", out.client_id, false);
    auth.secret_text("password", out.client_secret, true);
  } else if (kind == "oauth2_client_credentials" || kind == "private_key_jwt") {
    out.kind = kind == "private_key_jwt" ? AuthKind::PrivateKeyJwt : AuthKind::ClientCredentials;
    auth.text("token_url", out.token_url, true);
    if (auth.status()) check_url(auth, "token_url", out.token_url);
    auth.secret_text("client_id", out.client_id, false);
    if (out.kind == AuthKind::ClientCredentials) auth.secret_text("client_secret", out.client_secret, true);
    if (out.kind == AuthKind::PrivateKeyJwt) auth.secret_text("key", out.key, true);
    auth.text("kid", out.key_id);
    auth.text("scope", out.scope);
    if (const Json* send = auth.find("send"); send != nullptr) read_send(auth, *send, out);
  } else {
    auth.say("kind", "must be api_key, basic, oauth2_client_credentials or private_key_jwt");
  }
  return auth.status();
}

Status read_pager(const JsonObject& object, const std::string& base, PagerPlan& out) {
  Members pager(
      object, base,
      {"kind", "pointer", "parameter", "size_parameter", "first", "size", "request_header", "response_header", "end"});
  constexpr std::array<std::pair<std::string_view, PagerKind>, 5> kKinds{{{"next_link", PagerKind::NextLink},
                                                                          {"bundle_link", PagerKind::BundleLink},
                                                                          {"page", PagerKind::Page},
                                                                          {"offset", PagerKind::Offset},
                                                                          {"continuation", PagerKind::Continuation}}};
  std::string kind;
  pager.text("kind", kind, true);
  const auto* found = std::ranges::find(kKinds, kind, [](const auto& k) { return k.first; });
  if (found == kKinds.end()) {
    pager.say("kind", "must be next_link, bundle_link, page, offset or continuation");
    return pager.status();
  }
  out.kind = found->second;
  pager.json_pointer("pointer", out.pointer);
  if (out.kind == PagerKind::Page || out.kind == PagerKind::Offset) {
    pager.text("parameter", out.parameter, true);
    pager.text("size_parameter", out.size_parameter);
    out.first_number = out.kind == PagerKind::Page ? 1 : 0;
    pager.number("first", out.first_number, 0, 1);
    pager.number("size", out.size, 1, 100'000);
    if (out.kind == PagerKind::Offset && out.size == 0) pager.say("size", "missing");
  }
  if (out.kind == PagerKind::Continuation) {
    pager.text("request_header", out.request_header, true);
    pager.text("response_header", out.response_header, true);
    pager.text("first", out.first, true, true);
    pager.text("end", out.end, false, true);
    if (!is_field_name(out.request_header)) pager.say("request_header", "not a field name");
    if (!is_field_name(out.response_header)) pager.say("response_header", "not a field name");
  }
  return pager.status();
}

void use_dialect(const std::string& dialect, StreamPlan& stream) {
  if (dialect == "dynamic-api@1") {
    stream.accept = "application/json";
    stream.select = "/*";
    stream.empty_status = {404};
    stream.error_pointer = "/error_code";
    stream.pager = {.kind = PagerKind::Continuation,
                    .pointer = {},
                    .parameter = {},
                    .size_parameter = {},
                    .request_header = "X-RequestContinuation",
                    .response_header = "X-ResponseContinuation",
                    .first = " ",
                    .end = {}};
  } else if (dialect == "fhir@1") {
    stream.accept = "application/fhir+json";
    stream.select = "/entry/*/resource";
    stream.pager.kind = PagerKind::BundleLink;
    stream.key = {"/resourceType", "/id"};
  } else if (dialect == "epcis@1") {
    stream.accept = "application/json";
    stream.select = "/epcisBody/queryResults/resultsBody/eventList/*";
    stream.pager.kind = PagerKind::NextLink;
    stream.key = {"/eventID"};
  }
}

void read_format(Members& members, StreamPlan& out) {
  std::string format = "json";
  members.text("format", format);
  if (format == "json") {
    out.format = BodyFormat::Json;
  } else if (format == "ndjson") {
    out.format = BodyFormat::Ndjson;
  } else if (format == "csv") {
    out.format = BodyFormat::Csv;
  } else if (format == "geojson") {
    out.format = BodyFormat::GeoJson;
    out.select = "/features/*";
  } else {
    members.say("format", "must be json, ndjson, csv or geojson");
  }
  if (out.accept.empty()) {
    constexpr std::string_view kAccept[] = {"application/json", "application/x-ndjson", "text/csv",
                                            "application/geo+json"};
    out.accept = kAccept[static_cast<std::size_t>(out.format)];
  }
}

void read_lists(Members& members, StreamPlan& out) {
  if (const Json* key = members.find("key"); key != nullptr) {
    out.key.clear();
    if (!key->is_array()) members.say("key", "must be an array of JSON pointers");
    for (std::size_t i = 0; key->is_array() && i < key->get_array().size(); ++i) {
      const Json& one = key->get_array()[i];
      if (one.is_string()) out.key.emplace_back(one.get_string());
      if (!one.is_string() || !out.key.back().starts_with('/'))
        members.say("key/" + std::to_string(i), "must be a JSON pointer");
    }
  }
  if (const Json* status = members.find("empty_status"); status != nullptr) {
    out.empty_status.clear();
    if (!status->is_array()) members.say("empty_status", "must be an array of statuses");
    for (std::size_t i = 0; status->is_array() && i < status->get_array().size(); ++i) {
      const Json& one = status->get_array()[i];
      const bool good = one.is_int64() && (one.get_int64() == 404 || one.get_int64() == 204);
      if (!good) members.say("empty_status/" + std::to_string(i), "must be 204 or 404");
      if (good) out.empty_status.push_back(static_cast<int>(one.get_int64()));
    }
  }
}

Result<StreamPlan> read_stream(const JsonObject& object, const std::string& base, const std::string& dialect) {
  Members members(object, base,
                  {"name", "title", "path", "accept", "format", "select", "paginator", "key", "empty_status", "error"});
  StreamPlan out;
  use_dialect(dialect, out);
  members.text("name", out.name, true);
  members.text("title", out.title);
  members.text("path", out.path, true);
  members.text("accept", out.accept);
  read_format(members, out);
  members.json_pointer("select", out.select);
  read_lists(members, out);
  if (!out.path.starts_with('/') || out.path.find('#') != std::string::npos)
    members.say("path", "must start with / and have no fragment");
  if (const Json* error = members.find("error"); error != nullptr && error->is_object()) {
    Members inner(error->get_object(), base + "/error", {"pointer"});
    inner.json_pointer("pointer", out.error_pointer);
    if (!inner.status()) return fail(inner.status().error());
  } else if (error != nullptr) {
    members.say("error", "must be an object");
  }
  if (const Json* pager = members.find("paginator"); pager != nullptr) {
    if (!pager->is_object()) return fail(at(base + "/paginator", "must be an object"));
    out.pager = {};
    Status read = read_pager(pager->get_object(), base + "/paginator", out.pager);
    if (!read) return fail(read.error());
  }
  if (!members.status()) return fail(members.status().error());
  return out;
}

Status read_streams(const Members& members, const std::string& dialect, HttpPlan& plan) {
  const Json* streams = members.find("streams");
  if (streams == nullptr || !streams->is_array() || streams->get_array().empty() ||
      streams->get_array().size() > kMaxStreams) {
    return fail(at("/streams", "must be an array of 1 to 64 streams"));
  }
  for (std::size_t i = 0; i < streams->get_array().size(); ++i) {
    const std::string base = "/streams/" + std::to_string(i);
    const Json& one = streams->get_array()[i];
    if (!one.is_object()) return fail(at(base, "must be an object"));
    Result<StreamPlan> stream = read_stream(one.get_object(), base, dialect);
    if (!stream) return fail(stream.error());
    const bool twice = std::ranges::any_of(plan.streams, [&](const StreamPlan& s) { return s.name == stream->name; });
    if (twice) return fail(at(base + "/name", "used twice"));
    plan.streams.push_back(std::move(*stream));
  }
  return {};
}

void read_rate(Members& members, HttpPlan& plan) {
  const Json* rate = members.find("rate");
  if (rate == nullptr) return;
  if (!rate->is_object()) return members.say("rate", "must be an object");
  const Json* per_second = rate->get_object().if_contains("per_second");
  if (per_second == nullptr || !per_second->is_number() || rate->get_object().size() != 1)
    return members.say("rate", "must hold per_second");
  plan.per_second = per_second->to_number<double>();
  if (!(plan.per_second >= 0.01 && plan.per_second <= 1000))
    members.say("rate/per_second", "must be from 0.01 to 1000");
}

}  // namespace

Result<HttpPlan> parse_http_plan(const JsonObject& document) {
  Members members(document, "", {"kind", "base", "ca", "auth", "dialect", "rate", "timeout_ms", "streams"});
  HttpPlan plan;
  std::string dialect;
  std::int64_t timeout = plan.timeout.count();
  members.text("base", plan.base, true);
  if (members.status()) check_url(members, "base", plan.base);
  members.text("ca", plan.ca);
  members.text("dialect", dialect);
  members.number("timeout_ms", timeout, 1, 30'000);
  read_rate(members, plan);
  plan.timeout = std::chrono::milliseconds(timeout);
  if (!dialect.empty() && dialect != "dynamic-api@1" && dialect != "fhir@1" && dialect != "epcis@1") {
    members.say("dialect", "must be dynamic-api@1, fhir@1 or epcis@1");
  }
  if (!members.status()) return fail(members.status().error());
  if (const Json* auth = members.find("auth"); auth != nullptr) {
    if (!auth->is_object()) return fail(at("/auth", "must be an object"));
    Status read = read_auth(auth->get_object(), plan.auth);
    if (!read) return fail(read.error());
  }
  Status streams = read_streams(members, dialect, plan);
  if (!streams) return fail(streams.error());
  return plan;
}

}  // namespace sekisho::connectors
