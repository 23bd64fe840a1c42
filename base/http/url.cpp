#include "base/http/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sekisho::http {
namespace {

std::unexpected<Error> refuse(const char* what) { return fail(Code::UriSyntax, what); }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// pchar of RFC 3986 without the percent sign, which is decoded before.
bool is_path_octet(char c) {
  return is_unreserved(c) || std::string_view("!$&'()*+,;=:@").find(c) != std::string_view::npos;
}
bool is_query_octet(char c) { return is_path_octet(c) || c == '/' || c == '?' || c == '%'; }

// Shortest form, no surrogates, at most U+10FFFF (RFC 3629).
bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  const auto at = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  while (i < text.size()) {
    const unsigned char lead = at(i);
    std::size_t more = 0;
    unsigned low = 0x80;
    unsigned high = 0xbf;
    if (lead < 0x80) {
      ++i;
      continue;
    } else if (lead >= 0xc2 && lead <= 0xdf) {
      more = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      more = 2;
      if (lead == 0xe0) low = 0xa0;
      if (lead == 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      more = 3;
      if (lead == 0xf0) low = 0x90;
      if (lead == 0xf4) high = 0x8f;
    } else {
      return false;
    }
    if (i + more >= text.size()) return false;
    if (at(i + 1) < low || at(i + 1) > high) return false;
    for (std::size_t k = 2; k <= more; ++k) {
      if (at(i + k) < 0x80 || at(i + k) > 0xbf) return false;
    }
    i += more + 1;
  }
  return true;
}

Result<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return refuse("an incomplete percent triplet");
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return refuse("a percent triplet that is not hexadecimal");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (plus_is_space && c == '+') {
      c = ' ';
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return refuse("a control character");
    out.push_back(c);
  }
  if (!is_utf8(out)) return refuse("text that is not UTF-8");
  return out;
}

Result<std::string> decode_segment(std::string_view raw) {
  for (const char c : raw) {
    if (c != '%' && !is_path_octet(c)) return refuse("a character that a path must encode");
  }
  auto segment = decode(raw, false);
  if (segment && (*segment == "." || *segment == "..")) return refuse("a dot segment");
  return segment;
}

std::optional<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (ec != std::errc() || end != text.data() + text.size() || text.front() == '0') return std::nullopt;
  return port;
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
  });
}

bool is_ipv6_text(std::string_view host) {
  return !host.empty() && host.size() <= 45 && host.find(':') != std::string_view::npos &&
         std::all_of(host.begin(), host.end(), [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

}  // namespace

std::string Url::target() const { return query.empty() ? path : path + "?" + query; }

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == default_port(scheme) ? name : name + ":" + std::to_string(port);
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > 8192) return refuse("a URL of more than 8192 octets");
  Url url;
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return refuse("not an absolute URL");
  url.scheme = std::string(text.substr(0, scheme_end));
  std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (url.scheme != "http" && url.scheme != "https") return refuse("a scheme other than http or https");
  std::string_view rest = text.substr(scheme_end + 3);
  const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  rest.remove_prefix(authority_end);
  if (authority.find('@') != std::string_view::npos) return refuse("user info in a URL");
  if (rest.find('#') != std::string_view::npos) return refuse("a fragment in a URL");

  std::string_view port_text;
  if (!authority.empty() && authority.front() == '[') {
    const auto close = authority.find(']');
    if (close == std::string_view::npos || !is_ipv6_text(authority.substr(1, close - 1)))
      return refuse("not an IPv6 literal");
    url.host = std::string(authority.substr(1, close - 1));
    port_text = authority.substr(close + 1);
    if (!port_text.empty() && port_text.front() != ':') return refuse("text after an IPv6 literal");
  } else {
    const auto colon = std::min(authority.find(':'), authority.size());
    url.host = std::string(authority.substr(0, colon));
    port_text = authority.substr(colon);
  }
  std::transform(url.host.begin(), url.host.end(), url.host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (url.host.find(':') == std::string::npos && !is_host(url.host)) return refuse("not a host name");
  url.port = default_port(url.scheme);
  if (!port_text.empty()) {
    const auto port = port_text.size() > 1 ? read_port(port_text.substr(1)) : std::nullopt;
    if (!port) return refuse("not a port number");
    url.port = *port;
  }

  const auto question = std::min(rest.find('?'), rest.size());
  url.path = question == 0 ? "/" : std::string(rest.substr(0, question));
  if (question < rest.size()) url.query = std::string(rest.substr(question + 1));
  auto target = parse_target(url.target());
  if (!target) return fail(target.error());
  return url;
}

Result<Target> parse_target(std::string_view origin_form) {
  Target target;
  if (origin_form.empty() || origin_form.front() != '/') return refuse("a target that does not begin with /");
  const auto question = std::min(origin_form.find('?'), origin_form.size());
  std::string_view path = origin_form.substr(1, question - 1);
  if (question < origin_form.size()) target.query = std::string(origin_form.substr(question + 1));
  for (const char c : target.query) {
    if (!is_query_octet(c)) return refuse("a character that a query must encode");
  }
  target.path.reserve(origin_form.size());
  if (path.empty()) {
    target.path = "/";
    return target;
  }
  while (true) {
    const auto slash = path.find('/');
    const bool last = slash == std::string_view::npos;
    auto segment = decode_segment(path.substr(0, slash));
    if (!segment) return fail(segment.error());
    if (segment->empty() && !last) return refuse("an empty path segment");
    target.path.push_back('/');
    target.path += *segment;
    target.segments.push_back(std::move(*segment));
    if (last) return target;
    path.remove_prefix(slash + 1);
  }
}

Result<Query> parse_query(std::string_view raw) {
  constexpr std::size_t kMostPairs = 64;
  Query query;
  while (!raw.empty()) {
    const auto end = std::min(raw.find('&'), raw.size());
    const auto pair = raw.substr(0, end);
    raw.remove_prefix(std::min(end + 1, raw.size()));
    if (pair.empty()) continue;
    if (query.size() == kMostPairs) return refuse("more than 64 parameters");
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decode(pair.substr(0, equals), true);
    if (!name) return fail(name.error());
    auto value = decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!value) return fail(value.error());
    query.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

Result<std::string> percent_decode(std::string_view text) { return decode(text, false); }

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kDigits[octet >> 4]);
    out.push_back(kDigits[octet & 15]);
  }
  return out;
}

}  // namespace sekisho::http
