#include "connectors/http/plan_members.hpp"

#include <algorithm>

#include "base/http/message.hpp"
#include "base/http/url.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kMaxText = 2048;
constexpr std::size_t kMaxFields = 16;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_local(const std::string& host) { return host == "127.0.0.1" || host == "::1" || host == "localhost"; }

// What the client or the engine decides; a manifest that sets them would change the framing or the peer.
bool is_reserved(std::string_view name) {
  constexpr std::string_view kNames[] = {"Host",
                                         "Content-Length",
                                         "Transfer-Encoding",
                                         "Connection",
                                         "TE",
                                         "Trailer",
                                         "Upgrade",
                                         "Expect",
                                         "Keep-Alive",
                                         "Proxy-Connection",
                                         "Range",
                                         "If-Range",
                                         "If-None-Match",
                                         "If-Modified-Since",
                                         "Accept-Encoding"};
  return std::ranges::any_of(kNames, [&](std::string_view one) { return http::same_name(one, name); });
}

}  // namespace

Error manifest_error(const std::string& pointer, const std::string& why) {
  return Error(Code::JsonShape, "source manifest, " + pointer + ": " + why).with("pointer", pointer);
}

Members::Members(const JsonObject& object, std::string base, std::initializer_list<std::string_view> known)
    : object_(object), base_(std::move(base)) {
  for (const auto& member : object) {
    const std::string_view name = member.key();
    if (std::ranges::find(known, name) == known.end()) say(name, "unknown member");
  }
}

void Members::say(std::string_view name, const std::string& why) {
  if (status_) status_ = fail(manifest_error(pointer(name), why));
}

void Members::take(const Status& inner) {
  if (status_ && !inner) status_ = inner;
}

void Members::text(std::string_view name, std::string& out, bool required, bool blank) {
  const Json* value = find(name);
  if (value == nullptr) {
    if (required) say(name, "missing");
    return;
  }
  if (!value->is_string()) return say(name, "must be a string");
  const std::string_view given = value->get_string();
  if ((given.empty() && !blank) || given.size() > kMaxText || std::ranges::any_of(given, is_control)) {
    return say(name, "must be 1 to 2,048 octets without control characters");
  }
  out = std::string(given);
}

void Members::number(std::string_view name, std::int64_t& out, std::int64_t least, std::int64_t most) {
  const Json* value = find(name);
  if (value == nullptr) return;
  if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
    return say(name, "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
  }
  out = value->get_int64();
}

void Members::boolean(std::string_view name, bool& out) {
  const Json* value = find(name);
  if (value == nullptr) return;
  if (!value->is_bool()) return say(name, "must be true or false");
  out = value->get_bool();
}

void Members::secret_text(std::string_view name, SecretText& out, bool must_be_secret) {
  const Json* value = find(name);
  if (value == nullptr) return say(name, "missing");
  if (value->is_object()) {
    Members inner(value->get_object(), pointer(name), {"secret"});
    inner.text("secret", out.secret, true);
    return take(inner.status());
  }
  if (must_be_secret) return say(name, R"(must be {"secret": "name"})");
  text(name, out.text, true);
}

void Members::json_pointer(std::string_view name, std::string& out) {
  text(name, out);
  if (!out.empty() && out.front() != '/') say(name, "must be a JSON pointer");
}

const JsonObject* Members::object(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr) return nullptr;
  if (value->is_object()) return &value->get_object();
  say(name, "must be an object");
  return nullptr;
}

const JsonArray* Members::array(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr) return nullptr;
  if (value->is_array()) return &value->get_array();
  say(name, "must be an array");
  return nullptr;
}

bool is_plain_name(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
}

bool is_parameter_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_letter_or_digit(c) || std::string_view("-_$.:").find(c) != std::string_view::npos;
  });
}

void check_source_url(Members& members, std::string_view name, const std::string& text) {
  const Result<http::Url> url = http::parse_url(text);
  if (!url) return members.say(name, "not a URL");
  if (url->scheme != "https" && !is_local(url->host)) members.say(name, "http only to this machine; use https");
}

void read_fields(Members& members, std::vector<FieldPlan>& out) {
  const JsonArray* fields = members.array("headers");
  if (fields == nullptr) return;
  if (fields->size() > kMaxFields) members.say("headers", "more than 16");
  for (std::size_t i = 0; i < fields->size() && members.status(); ++i) {
    const std::string name = "headers/" + std::to_string(i);
    if (!(*fields)[i].is_object()) return members.say(name, "must be an object");
    Members field((*fields)[i].get_object(), members.pointer(name), {"name", "value", "secret"});
    FieldPlan one;
    field.text("name", one.name, true);
    field.text("secret", one.secret);
    field.text("value", one.value, one.secret.empty());
    if (!is_plain_name(one.name)) field.say("name", "not a field name");
    if (is_reserved(one.name)) field.say("name", "this field is the engine's own");
    members.take(field.status());
    out.push_back(std::move(one));
  }
}

}  // namespace sekisho::connectors
