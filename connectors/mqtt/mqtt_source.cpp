#include "connectors/mqtt/mqtt_source.hpp"

#include <algorithm>

namespace sekisho::connectors {

namespace {

constexpr std::size_t kMaxTopics = 32;
constexpr std::size_t kMaxText = 2048;

Error at(std::string_view name, const std::string& why) {
  const std::string pointer = "/" + std::string(name);
  return Error(Code::JsonShape, "source manifest, " + pointer + ": " + why).with("pointer", pointer);
}

bool plain(std::string_view text) {
  return !text.empty() && text.size() <= kMaxText &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Status read_text(const JsonObject& object, std::string_view name, std::string& out) {
  const Json* value = object.if_contains(name);
  if (value == nullptr) return {};
  if (!value->is_string() || !plain(value->get_string())) {
    return fail(at(name, "must be a string of 1 to 2,048 octets without control characters"));
  }
  out = value->get_string();
  return {};
}

Status read_number(const JsonObject& object, std::string_view name, std::int64_t least, std::int64_t most,
                   std::int64_t& out) {
  const Json* value = object.if_contains(name);
  if (value == nullptr) return {};
  if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
    return fail(at(name, "must be an integer from " + std::to_string(least) + " to " + std::to_string(most)));
  }
  out = value->get_int64();
  return {};
}

// A topic filter (MQTT 5, 4.7.1): "+" is a whole level, "#" the whole last one.
bool is_filter(std::string_view filter) {
  if (!plain(filter)) return false;
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (filter[i] != '+' && filter[i] != '#') continue;
    const bool starts = i == 0 || filter[i - 1] == '/';
    const bool ends = i + 1 == filter.size() || (filter[i] == '+' && filter[i + 1] == '/');
    if (!starts || !ends) return false;
  }
  return true;
}

Status read_topics(const JsonObject& object, MqttSource& source) {
  const Json* topics = object.if_contains("topics");
  if (topics == nullptr || !topics->is_array() || topics->get_array().empty() ||
      topics->get_array().size() > kMaxTopics) {
    return fail(at("topics", "must be an array of 1 to 32 topic filters"));
  }
  for (std::size_t i = 0; i < topics->get_array().size(); ++i) {
    const Json& topic = topics->get_array()[i];
    if (!topic.is_string() || !is_filter(topic.get_string())) {
      return fail(at("topics/" + std::to_string(i), "not a topic filter"));
    }
    source.topics.emplace_back(topic.get_string());
  }
  return {};
}

Status read_texts(const JsonObject& object, MqttSource& source) {
  struct Member {
    const char* name;
    std::string* out;
  };
  const Member members[] = {
      {"host", &source.host}, {"client_id", &source.client_id}, {"user", &source.user}, {"secret", &source.secret},
      {"ca", &source.ca},     {"cert", &source.cert},           {"key", &source.key}};
  for (const Member& member : members) {
    Status read = read_text(object, member.name, *member.out);
    if (!read) return read;
  }
  if (source.host.empty()) return fail(at("host", "missing"));
  if (source.client_id.empty()) return fail(at("client_id", "missing"));
  if (source.user.empty() != source.secret.empty()) return fail(at("user", "goes with secret"));
  if (source.cert.empty() != source.key.empty()) return fail(at("cert", "goes with key"));
  if (!source.cert.empty() && source.ca.empty()) return fail(at("cert", "goes with ca"));
  const bool local = source.host == "127.0.0.1" || source.host == "::1" || source.host == "localhost";
  if (source.ca.empty() && !local) return fail(at("ca", "without TLS only to this machine"));
  return {};
}

Status read_numbers(const JsonObject& object, MqttSource& source) {
  std::int64_t port = source.ca.empty() ? 1883 : 8883;
  std::int64_t qos = 1;
  std::int64_t window = source.window;
  std::int64_t version = source.version;
  Status read = read_number(object, "port", 1, 65'535, port);
  if (read) read = read_number(object, "qos", 1, 1, qos);
  if (read) read = read_number(object, "window", 1, 4096, window);
  if (read) read = read_number(object, "version", 4, 5, version);
  source.port = static_cast<std::uint16_t>(port);
  source.window = static_cast<std::uint16_t>(window);
  source.version = static_cast<int>(version);
  return read;
}

Status read_shape(const JsonObject& object, MqttSource& source) {
  if (const Json* wrap = object.if_contains("wrap"); wrap != nullptr) {
    if (!wrap->is_bool()) return fail(at("wrap", "must be true or false"));
    source.wrap = wrap->get_bool();
  }
  if (const Json* schema = object.if_contains("schema"); schema != nullptr) {
    if (!schema->is_object()) return fail(at("schema", "must be an object"));
    source.schema = *schema;
  }
  return {};
}

}  // namespace

Result<MqttSource> parse_mqtt_source(const JsonObject& manifest) {
  constexpr std::string_view kNames[] = {"kind",   "host", "port", "topics", "client_id", "qos",  "version", "user",
                                         "secret", "ca",   "cert", "key",    "window",    "wrap", "schema"};
  for (const auto& member : manifest) {
    if (std::ranges::find(kNames, std::string_view(member.key())) == std::end(kNames)) {
      return fail(at(std::string_view(member.key()), "unknown member"));
    }
  }
  MqttSource source;
  for (Status (*part)(const JsonObject&, MqttSource&) : {&read_texts, &read_topics, &read_numbers, &read_shape}) {
    Status read = part(manifest, source);
    if (!read) return fail(read.error());
  }
  return source;
}

}  // namespace sekisho::connectors
