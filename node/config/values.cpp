#include "node/config/values.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/core/encoding.hpp"

namespace sekisho::node {
namespace {

std::unexpected<Error> expected_a(std::string_view what) {
  return fail(Code::SettingInvalid, fmt::format("expected {}", what));
}

bool is_ip_literal(const std::string& text) {
  std::array<unsigned char, 16> buffer{};
  return inet_pton(AF_INET, text.c_str(), buffer.data()) == 1 || inet_pton(AF_INET6, text.c_str(), buffer.data()) == 1;
}

}  // namespace

Result<std::string> read_text(const Json& value) {
  if (!value.is_string() || value.get_string().empty()) return expected_a("a text");
  return std::string(value.get_string());
}

Result<std::filesystem::path> read_path(const Json& value, const Settings& base) {
  const auto text = read_text(value);
  if (!text) return expected_a("a path");
  std::filesystem::path path(*text);
  if (path.is_relative()) path = base.file.parent_path() / path;
  return path.lexically_normal();
}

Result<std::size_t> read_count(const Json& value, std::size_t least, std::size_t most) {
  if (!value.is_int64() || value.get_int64() < 0 || static_cast<std::size_t>(value.get_int64()) < least ||
      static_cast<std::size_t>(value.get_int64()) > most) {
    return expected_a(fmt::format("a whole number from {} to {}", least, most));
  }
  return static_cast<std::size_t>(value.get_int64());
}

Result<std::chrono::microseconds> read_duration(const Json& value) {
  constexpr std::string_view kWhat = "a duration such as 100ms, 60s, 10m or 24h";
  const auto text = read_text(value);
  if (!text) return expected_a(kWhat);
  std::int64_t number = 0;
  const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text->data() + text->size() - end));
  if (ec != std::errc() || number < 0 || number > 1'000'000'000) return expected_a(kWhat);
  if (unit == "us") return std::chrono::microseconds(number);
  if (unit == "ms") return std::chrono::milliseconds(number);
  if (unit == "s") return std::chrono::seconds(number);
  if (unit == "m") return std::chrono::minutes(number);
  if (unit == "h" && number <= 1'000'000) return std::chrono::hours(number);
  return expected_a(kWhat);
}

Result<Endpoint> read_endpoint(const Json& value) {
  constexpr std::string_view kWhat = "an address and port such as 127.0.0.1:9441 or [::1]:9441";
  const auto text = read_text(value);
  if (!text) return expected_a(kWhat);
  const auto colon = text->rfind(':');
  if (colon == std::string::npos) return expected_a(kWhat);
  std::string host = text->substr(0, colon);
  const std::string port = text->substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return expected_a(kWhat);
  }
  unsigned number = 0;
  const auto [end, ec] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (ec != std::errc() || end != port.data() + port.size() || number > 65535 || !is_ip_literal(host)) return expected_a(kWhat);
  return Endpoint{host, static_cast<std::uint16_t>(number)};
}

Result<std::string> read_dns_name(const Json& value) {
  constexpr std::string_view kWhat = "a DNS name in lower case, such as farm.jp.example";
  const auto text = read_text(value);
  if (!text || text->size() > 253 || text->find('.') == std::string::npos) return expected_a(kWhat);
  std::size_t label = 0;
  for (std::size_t i = 0; i <= text->size(); ++i) {
    if (i == text->size() || (*text)[i] == '.') {
      if (label == 0 || label > 63 || (*text)[i - 1] == '-' || (*text)[i - label] == '-') return expected_a(kWhat);
      label = 0;
      continue;
    }
    const char c = (*text)[i];
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return expected_a(kWhat);
    ++label;
  }
  return *text;
}

Result<std::vector<std::string>> read_text_list(const Json& value) {
  if (!value.is_array()) return expected_a("a list of texts");
  std::vector<std::string> out;
  for (const auto& item : value.get_array()) {
    auto text = read_text(item);
    if (!text) return expected_a("a list of texts");
    out.push_back(std::move(*text));
  }
  return out;
}

namespace {

constexpr std::size_t kMostPushHosts = 1024;

Result<PushHost> read_push_host(const JsonObject& object, const Settings& base) {
  if (auto known = only_members(object, {"host", "port", "address", "ca", "key"}); !known) {
    return expected_a("host, port, address, ca or key, and nothing else");
  }
  PushHost out;
  const Json* host = object.if_contains("host");
  if (host == nullptr) return expected_a("a host in each entry");
  auto name = read_dns_name(*host);
  if (!name) return fail(name.error());
  if (is_ip_literal(*name)) return expected_a("a DNS name; an IP address goes into address");
  out.host = std::move(*name);
  if (const Json* port = object.if_contains("port")) {
    const auto number = read_count(*port, 1, 65535);
    if (!number) return fail(number.error());
    out.port = static_cast<std::uint16_t>(*number);
  }
  if (const Json* address = object.if_contains("address")) {
    const auto literal = read_text(*address);
    if (!literal || !is_ip_literal(*literal)) return expected_a("an IP address in address");
    out.address = *literal;
  }
  if (const Json* ca = object.if_contains("ca")) {
    auto path = read_path(*ca, base);
    if (!path) return fail(path.error());
    out.ca = std::move(*path);
  }
  if (const Json* key = object.if_contains("key")) {
    const auto hex = read_text(*key);
    if (!hex || !digest_from_hex(*hex)) return expected_a("64 lower-case hex digits in key");
    out.key = *hex;
  }
  return out;
}

}  // namespace

Result<std::vector<PushHost>> read_push_hosts(const Json& value, const Settings& base) {
  if (!value.is_array() || value.get_array().size() > kMostPushHosts) return expected_a("a list of at most 1024 hosts");
  std::vector<PushHost> out;
  for (const auto& item : value.get_array()) {
    if (!item.is_object()) return expected_a("a list of maps with host, port, address, ca, key");
    auto host = read_push_host(item.get_object(), base);
    if (!host) return fail(host.error());
    for (const PushHost& other : out) {
      if (other.host == host->host && other.port == host->port) return expected_a("each host and port once");
    }
    out.push_back(std::move(*host));
  }
  return out;
}

}  // namespace sekisho::node
