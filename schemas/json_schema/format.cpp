#include "schemas/json_schema/format.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "schemas/json_schema/pattern.hpp"

namespace sekisho::schemas {
namespace {

bool digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

int number(std::string_view text) {
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

// RFC 3339 full-date.
bool date(std::string_view t) {
  if (t.size() != 10 || t[4] != '-' || t[7] != '-') return false;
  if (!digits(t.substr(0, 4)) || !digits(t.substr(5, 2)) || !digits(t.substr(8, 2))) return false;
  const int year = number(t.substr(0, 4)), month = number(t.substr(5, 2)), day = number(t.substr(8, 2));
  constexpr std::array<int, 13> kDays = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[static_cast<std::size_t>(month)] + (month == 2 && leap ? 1 : 0);
}

// RFC 3339 full-time; a leap second only where it can be: 23:59:60 in UTC.
bool time(std::string_view t) {
  if (t.size() < 9 || t[2] != ':' || t[5] != ':') return false;
  if (!digits(t.substr(0, 2)) || !digits(t.substr(3, 2)) || !digits(t.substr(6, 2))) return false;
  const int hour = number(t.substr(0, 2)), minute = number(t.substr(3, 2)), second = number(t.substr(6, 2));
  if (hour > 23 || minute > 59 || second > 60) return false;
  std::string_view zone = t.substr(8);
  if (zone[0] == '.') {
    const std::size_t end = zone.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos || end == 1) return false;
    zone.remove_prefix(end);
  }
  int offset = 0;
  if (zone != "Z" && zone != "z") {
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return false;
    if (!digits(zone.substr(1, 2)) || !digits(zone.substr(4, 2))) return false;
    if (number(zone.substr(1, 2)) > 23 || number(zone.substr(4, 2)) > 59) return false;
    offset = (number(zone.substr(1, 2)) * 60 + number(zone.substr(4, 2))) * (zone[0] == '+' ? 1 : -1);
  }
  return second < 60 || ((hour * 60 + minute - offset) % 1440 + 1440) % 1440 == 1439;
}

bool date_time(std::string_view t) {
  return t.size() > 11 && date(t.substr(0, 10)) && (t[10] == 'T' || t[10] == 't') && time(t.substr(11));
}

bool uri_octets(std::string_view text) {
  constexpr std::string_view kOther = "-._~:/?#@!$&'()*+,;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !hex(text[i + 1]) || !hex(text[i + 2])) return false;
    } else if (!letter(text[i]) && !digit(text[i]) && kOther.find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  const std::size_t hash = text.find('#');
  return hash == std::string_view::npos || text.find('#', hash + 1) == std::string_view::npos;
}

bool has_scheme(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !letter(text[0])) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char c) { return letter(c) || digit(c) || c == '+' || c == '-' || c == '.'; });
}

bool ip(int family, std::string_view text) {
  std::array<unsigned char, 16> octets{};
  return text.find('\0') == std::string_view::npos && inet_pton(family, std::string(text).c_str(), octets.data()) == 1;
}

// RFC 3986 section 3.2.2: '[' and ']' stand only around an IP literal, where the host of a URI is.
bool uri(std::string_view text) {
  const std::size_t slashes = text.find("//");
  const bool authority = slashes != std::string_view::npos && text.find_first_of("/?#") == slashes;
  if (!authority) return uri_octets(text);
  const std::size_t start = slashes + 2;
  const std::size_t end = std::min(text.find_first_of("/?#", start), text.size());
  std::string_view host = text.substr(start, end - start);
  const std::size_t user = host.rfind('@');
  if (user != std::string_view::npos) host.remove_prefix(user + 1);
  const std::size_t close = host.starts_with('[') ? host.find(']') : std::string_view::npos;
  if (close != std::string_view::npos) {
    if (!ip(AF_INET6, host.substr(1, close - 1))) return false;
    const std::string rest(text.substr(0, end - host.size()));
    return uri_octets(rest + "x" + std::string(host.substr(close + 1)) + std::string(text.substr(end)));
  }
  const std::size_t colon = host.rfind(':');
  const bool port = colon == std::string_view::npos || colon + 1 == host.size() || digits(host.substr(colon + 1));
  return port && uri_octets(text);
}

bool host(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    const std::string_view inner = text.substr(1, text.size() - 2);
    return inner.starts_with("IPv6:") ? ip(AF_INET6, inner.substr(5)) : ip(AF_INET, inner);
  }
  if (text.empty() || text.size() > 253) return false;
  std::size_t label = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '.') {
      if (label == 0 || label > 63 || text[i - 1] == '-' || text[i - label] == '-') return false;
      label = 0;
    } else {
      if (!letter(text[i]) && !digit(text[i]) && text[i] != '-') return false;
      ++label;
    }
  }
  return true;
}

bool email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || !host(text.substr(at + 1))) return false;
  const std::string_view local = text.substr(0, at);
  if (local.size() > 2 && local.front() == '"' && local.back() == '"') return true;
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos) return false;
  return std::all_of(local.begin(), local.end(), [](char c) {
    return letter(c) || digit(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
  });
}

bool uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !hex(text[i])) return false;
  }
  return true;
}

}  // namespace

Format format_named(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Format>, 10> kNames = {{{"date", Format::Date},
                                                                           {"date-time", Format::DateTime},
                                                                           {"time", Format::Time},
                                                                           {"uri", Format::Uri},
                                                                           {"uri-reference", Format::UriReference},
                                                                           {"email", Format::Email},
                                                                           {"ipv4", Format::Ipv4},
                                                                           {"ipv6", Format::Ipv6},
                                                                           {"uuid", Format::Uuid},
                                                                           {"regex", Format::Regex}}};
  for (const auto& [known, format] : kNames) {
    if (known == name) return format;
  }
  return Format::None;
}

bool fits_format(Format format, std::string_view text) {
  switch (format) {
    case Format::None: return true;
    case Format::Date: return date(text);
    case Format::DateTime: return date_time(text);
    case Format::Time: return time(text);
    case Format::Uri: return has_scheme(text) && uri(text);
    case Format::UriReference: return uri(text);
    case Format::Email: return email(text);
    case Format::Ipv4: return ip(AF_INET, text);
    case Format::Ipv6: return ip(AF_INET6, text);
    case Format::Uuid: return uuid(text);
    case Format::Regex: return Pattern::compile(text).has_value();
  }
  return false;
}

}  // namespace sekisho::schemas
