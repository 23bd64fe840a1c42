#include "connectors/source_manifest.hpp"

#include <algorithm>

#include "base/http/url.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kMaxHeaders = 16;
constexpr std::size_t kMaxText = 2048;

Error at(std::string_view pointer, std::string why) {
  return Error(Code::JsonShape, "source manifest, " + std::string(pointer) + ": " + std::move(why))
      .with("pointer", std::string(pointer));
}

// A member as text, between 1 and 2 048 octets without control characters.
Result<std::string> text_at(const JsonObject& object, std::string_view name, const std::string& base) {
  const std::string pointer = base + "/" + std::string(name);
  const Json* value = object.if_contains(name);
  if (value == nullptr) return fail(at(pointer, "missing"));
  if (!value->is_string()) return fail(at(pointer, "must be a string"));
  const std::string_view text = value->get_string();
  const bool control = std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (text.empty() || text.size() > kMaxText || control) {
    return fail(at(pointer, "must be 1 to 2,048 octets without control characters"));
  }
  return std::string(text);
}

Status known_members(const JsonObject& object, const std::string& base, std::initializer_list<std::string_view> names) {
  for (const auto& member : object) {
    const std::string_view name = member.key();
    if (std::ranges::find(names, name) == names.end()) {
      return fail(at(base + "/" + std::string(name), "unknown member"));
    }
  }
  return {};
}

Result<SourceManifest> parse_file(const JsonObject& object) {
  Status known = known_members(object, "", {"kind", "path", "media"});
  if (!known) return fail(known.error());
  Result<std::string> path = text_at(object, "path", "");
  if (!path) return fail(path.error());
  FileSource source{std::move(*path)};
  if (object.contains("media")) {
    Result<std::string> media = text_at(object, "media", "");
    if (!media) return fail(media.error());
    source.media = std::move(*media);
  }
  return SourceManifest(std::move(source));
}

bool is_token(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kMarks.find(c) != kMarks.npos;
  });
}

// What the client or the host decides; a manifest that sets them would change the framing or the peer.
bool is_reserved(const std::string& name) {
  constexpr std::string_view kNames[] = {"host",       "content-length",    "transfer-encoding", "connection",
                                         "te",         "trailer",           "upgrade",           "expect",
                                         "keep-alive", "proxy-connection", "range",             "accept-encoding"};
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::ranges::find(kNames, lower) != std::end(kNames);
}

Result<HttpHeader> parse_header(const Json& value, const std::string& base) {
  if (!value.is_object()) return fail(at(base, "must be an object"));
  const JsonObject& object = value.get_object();
  Status known = known_members(object, base, {"name", "value", "secret"});
  if (!known) return fail(known.error());
  HttpHeader header;
  Result<std::string> name = text_at(object, "name", base);
  if (!name) return fail(name.error());
  if (!is_token(*name)) return fail(at(base + "/name", "not a field name"));
  if (is_reserved(*name)) return fail(at(base + "/name", "this field is the client's own"));
  header.name = std::move(*name);
  const bool secret = object.contains("secret");
  if (secret) {
    Result<std::string> reference = text_at(object, "secret", base);
    if (!reference) return fail(reference.error());
    header.secret = std::move(*reference);
  }
  if (object.contains("value") || !secret) {
    Result<std::string> text = text_at(object, "value", base);
    if (!text) return fail(text.error());
    header.value = std::move(*text);
  }
  return header;
}

Status parse_headers(const JsonObject& object, HttpSource& source) {
  const Json* headers = object.if_contains("headers");
  if (headers == nullptr) return {};
  if (!headers->is_array()) return fail(at("/headers", "must be an array"));
  if (headers->get_array().size() > kMaxHeaders) return fail(at("/headers", "more than 16"));
  for (std::size_t i = 0; i < headers->get_array().size(); ++i) {
    Result<HttpHeader> header = parse_header(headers->get_array()[i], "/headers/" + std::to_string(i));
    if (!header) return fail(header.error());
    source.headers.push_back(std::move(*header));
  }
  return {};
}

Status parse_url_member(const JsonObject& object, HttpSource& source) {
  Result<std::string> url = text_at(object, "url", "");
  if (!url) return fail(url.error());
  Result<http::Url> parsed = http::parse_url(*url);
  if (!parsed) return fail(Error(Code::JsonShape, "source manifest, /url: not a URL", parsed.error()).with("pointer", "/url"));
  if (parsed->scheme != "https") {
    const bool local = parsed->host == "127.0.0.1" || parsed->host == "::1" || parsed->host == "localhost";
    if (!local) return fail(at("/url", "http only to this machine; use https"));
  }
  source.url = std::move(*url);
  return {};
}

Status parse_options(const JsonObject& object, HttpSource& source) {
  if (object.contains("method")) {
    Result<std::string> method = text_at(object, "method", "");
    if (!method) return fail(method.error());
    if (*method != "GET") return fail(at("/method", "must be GET"));
  }
  if (object.contains("media")) {
    Result<std::string> media = text_at(object, "media", "");
    if (!media) return fail(media.error());
    source.media = std::move(*media);
  }
  if (object.contains("ca")) {
    Result<std::string> ca = text_at(object, "ca", "");
    if (!ca) return fail(ca.error());
    source.ca = std::move(*ca);
  }
  if (const Json* endless = object.if_contains("endless"); endless != nullptr) {
    if (!endless->is_bool()) return fail(at("/endless", "must be true or false"));
    source.endless = endless->get_bool();
  }
  if (const Json* timeout = object.if_contains("timeout_ms"); timeout != nullptr) {
    if (!timeout->is_int64() || timeout->get_int64() < 1 || timeout->get_int64() > 30'000) {
      return fail(at("/timeout_ms", "must be an integer from 1 to 30,000"));
    }
    source.timeout = std::chrono::milliseconds(timeout->get_int64());
  }
  return {};
}

Result<SourceManifest> parse_http(const JsonObject& object) {
  Status known = known_members(object, "", {"kind", "url", "method", "media", "headers", "timeout_ms", "ca", "endless"});
  if (!known) return fail(known.error());
  HttpSource source;
  for (Status (*part)(const JsonObject&, HttpSource&) : {&parse_url_member, &parse_options, &parse_headers}) {
    Status parsed = part(object, source);
    if (!parsed) return fail(parsed.error());
  }
  return SourceManifest(std::move(source));
}

Result<SourceManifest> parse_plan(const JsonObject& object) {
  Result<HttpPlan> plan = parse_http_plan(object);
  if (!plan) return fail(plan.error());
  return SourceManifest(std::move(*plan));
}

Result<SourceManifest> parse_mqtt(const JsonObject& object) {
  Result<MqttSource> source = parse_mqtt_source(object);
  if (!source) return fail(source.error());
  return SourceManifest(std::move(*source));
}

}  // namespace

Result<SourceManifest> parse_source_manifest(const Json& document) {
  if (!document.is_object()) return fail(at("", "must be an object"));
  const JsonObject& object = document.get_object();
  Result<std::string> kind = text_at(object, "kind", "");
  if (!kind) return fail(kind.error());
  if (*kind == "file") return parse_file(object);
  if (*kind == "http") return object.contains("streams") ? parse_plan(object) : parse_http(object);
  if (*kind == "mqtt") return parse_mqtt(object);
  return fail(at("/kind", "must be \"file\", \"http\" or \"mqtt\""));
}

Result<SourceManifest> parse_source_manifest_text(std::string_view text) {
  Result<Json> document = parse_json(text, {.bytes = 64U << 10, .depth = 16, .values = 4000});
  if (!document) return fail(document.error());
  return parse_source_manifest(*document);
}

}  // namespace sekisho::connectors
