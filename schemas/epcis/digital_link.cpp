#include "schemas/epcis/digital_link.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

namespace sekisho::schemas::epcis {
namespace {

constexpr std::string_view kHost = "https://id.gs1.org";

// What follows company prefix and reference in a URN, and where it goes.
enum class Tail { None, Required, Glued, Extension, Piece, Component };
// Gtin: the reference begins with the indicator digit. Sscc: with the extension digit. Plain: as it stands.
enum class Key { Gtin, Sscc, Plain, Returnable, Free };

struct Scheme {
  std::string_view name;
  std::size_t digits;  // of company prefix and reference; 0: not only digits, no check digit
  Key key;
  std::string_view ai;
  Tail tail;
  std::string_view tail_ai;
};

constexpr std::array kSchemes{
    Scheme{"id:sgtin", 13, Key::Gtin, "/01/", Tail::Required, "/21/"},
    Scheme{"id:sscc", 17, Key::Sscc, "/00/", Tail::None, ""},
    Scheme{"id:sgln", 12, Key::Plain, "/414/", Tail::Extension, "/254/"},
    Scheme{"id:grai", 12, Key::Returnable, "/8003/", Tail::Glued, ""},
    Scheme{"id:giai", 0, Key::Free, "/8004/", Tail::None, ""},
    Scheme{"id:gsrn", 17, Key::Plain, "/8018/", Tail::None, ""},
    Scheme{"id:gsrnp", 17, Key::Plain, "/8017/", Tail::None, ""},
    Scheme{"id:gdti", 12, Key::Plain, "/253/", Tail::Glued, ""},
    Scheme{"id:cpi", 0, Key::Free, "/8010/", Tail::Component, "/8011/"},
    Scheme{"id:sgcn", 12, Key::Plain, "/255/", Tail::Glued, ""},
    Scheme{"id:ginc", 0, Key::Free, "/401/", Tail::None, ""},
    Scheme{"id:gsin", 16, Key::Plain, "/402/", Tail::None, ""},
    Scheme{"id:itip", 13, Key::Gtin, "/8006/", Tail::Piece, "/21/"},
    Scheme{"id:upui", 13, Key::Gtin, "/01/", Tail::Required, "/235/"},
    Scheme{"id:pgln", 12, Key::Plain, "/417/", Tail::None, ""},
    Scheme{"class:lgtin", 13, Key::Gtin, "/01/", Tail::Required, "/10/"},
    Scheme{"idpat:sgtin", 13, Key::Gtin, "/01/", Tail::Required, "/21/"},
    Scheme{"idpat:grai", 12, Key::Returnable, "/8003/", Tail::Glued, ""},
    Scheme{"idpat:gdti", 12, Key::Plain, "/253/", Tail::Glued, ""},
    Scheme{"idpat:sgcn", 12, Key::Plain, "/255/", Tail::Glued, ""},
    Scheme{"idpat:cpi", 0, Key::Free, "/8010/", Tail::Component, "/8011/"},
    Scheme{"idpat:itip", 13, Key::Gtin, "/8006/", Tail::Piece, "/21/"},
    Scheme{"idpat:upui", 13, Key::Gtin, "/01/", Tail::Required, "/235/"},
};

// Short names of Digital Link 1.1 and their application identifiers.
constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kShortNames{{
    {"gtin", "01"},
    {"itip", "8006"},
    {"cpid", "8010"},
    {"gln", "414"},
    {"party", "417"},
    {"gsrnp", "8017"},
    {"gsrn", "8018"},
    {"gcn", "255"},
    {"sscc", "00"},
    {"gdti", "253"},
    {"ginc", "401"},
    {"gsin", "402"},
    {"grai", "8003"},
    {"giai", "8004"},
    {"cpv", "22"},
    {"lot", "10"},
    {"ser", "21"},
}};

constexpr std::array<std::string_view, 14> kKeys{"00",  "01",   "253",  "255",  "401",  "402",  "414",
                                                 "417", "8003", "8004", "8006", "8010", "8017", "8018"};

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

char check_digit(std::string_view digits) {
  unsigned sum = 0;
  unsigned weight = 3;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, weight = 4 - weight) {
    sum += weight * static_cast<unsigned>(*at - '0');
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string with_check_digit(std::string digits) {
  digits.push_back(check_digit(digits));
  return digits;
}

// Digital Link 1.2 wants these encoded that an EPC URN leaves as they are.
std::string encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '!': out += "%21"; break;
      case '(': out += "%28"; break;
      case ')': out += "%29"; break;
      case '*': out += "%2A"; break;
      case '+': out += "%2B"; break;
      case ',': out += "%2C"; break;
      case ':': out += "%3A"; break;
      default: out.push_back(c);
    }
  }
  return out;
}

bool visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::optional<std::string> key_text(const Scheme& scheme, std::string_view prefix, std::string_view reference) {
  if (prefix.size() < 6 || prefix.size() > 12 || !all_digits(prefix)) return std::nullopt;
  const std::string both = std::string(prefix) + std::string(reference);
  if (scheme.key == Key::Free) return reference.empty() ? std::nullopt : std::optional(encode(both));
  if (!all_digits(reference) || both.size() != scheme.digits) return std::nullopt;
  switch (scheme.key) {
    case Key::Gtin:
    case Key::Sscc:
      if (reference.empty()) return std::nullopt;
      return with_check_digit(std::string(reference.substr(0, 1)) + std::string(prefix) +
                              std::string(reference.substr(1)));
    case Key::Returnable: return with_check_digit("0" + both);
    default: return with_check_digit(both);
  }
}

std::optional<std::string> from_urn(const Scheme& scheme, std::string_view rest, bool pattern) {
  const std::size_t dot = rest.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view prefix = rest.substr(0, dot);
  std::string_view reference = rest.substr(dot + 1);
  std::string_view tail;
  if (scheme.tail != Tail::None) {
    const std::size_t split = scheme.tail == Tail::Component ? reference.rfind('.') : reference.find('.');
    if (split == std::string_view::npos || split + 1 == reference.size()) return std::nullopt;
    tail = reference.substr(split + 1);
    reference = reference.substr(0, split);
  }
  const auto key = key_text(scheme, prefix, reference);
  if (!key) return std::nullopt;
  std::string out = std::string(kHost) + std::string(scheme.ai) + *key;
  switch (scheme.tail) {
    case Tail::None: return out;
    case Tail::Glued: return pattern ? out : out + encode(tail);
    case Tail::Extension: return tail == "0" ? out : out + std::string(scheme.tail_ai) + encode(tail);
    case Tail::Required: return pattern ? out : out + std::string(scheme.tail_ai) + encode(tail);
    case Tail::Component: return pattern ? out : out + std::string(scheme.tail_ai) + std::string(tail);
    case Tail::Piece: {
      if (tail.size() < 7 || tail[2] != '.' || tail[5] != '.') return std::nullopt;
      const std::string counts = std::string(tail.substr(0, 2)) + std::string(tail.substr(3, 2));
      if (!all_digits(counts)) return std::nullopt;
      return pattern ? out + counts : out + counts + std::string(scheme.tail_ai) + encode(tail.substr(6));
    }
  }
  return std::nullopt;
}

bool component_characters(std::string_view text) {
  return text.size() <= 30 && std::all_of(text.begin(), text.end(), [](char c) {
           return c == '#' || c == '-' || c == '/' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// What GS1 element strings may hold without percent-encoding in a path.
bool plain_characters(std::string_view text, std::size_t most) {
  constexpr std::string_view kSigns = "\"'-.;<=>?_";
  return text.size() <= most && std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || kSigns.contains(c);
         });
}

bool digits_exactly(std::string_view text, std::size_t n) { return text.size() == n && all_digits(text); }

bool digits_then(std::string_view text, std::size_t n, std::size_t more, bool only_digits) {
  if (text.size() < n || !all_digits(text.substr(0, n))) return false;
  const auto rest = text.substr(n);
  return only_digits ? rest.size() <= more && all_digits(rest) : plain_characters(rest, more);
}

bool valid_key(std::string_view ai, std::string_view value) {
  if (ai == "00" || ai == "8006" || ai == "8017" || ai == "8018") return digits_exactly(value, 18);
  if (ai == "01") return digits_exactly(value, 14);
  if (ai == "402") return digits_exactly(value, 17);
  if (ai == "414" || ai == "417") return digits_exactly(value, 13);
  if (ai == "253") return digits_then(value, 13, 17, false);
  if (ai == "255") return digits_then(value, 13, 12, true);
  if (ai == "8003") return digits_then(value, 14, 16, false);
  if (ai == "8010") return component_characters(value);
  return plain_characters(value, 30);
}

bool valid_qualifier(std::string_view key, std::string_view ai, std::string_view value) {
  if (key == "01" || key == "8006") {
    if (ai == "21" || ai == "10") return plain_characters(value, 20);
    return key == "01" && ai == "235" && plain_characters(value, 28);
  }
  if (key == "414") return ai == "254" && plain_characters(value, 20);
  return key == "8010" && ai == "8011" && value.size() <= 12 && all_digits(value);
}

std::vector<std::string> path_segments(std::string_view uri) {
  std::vector<std::string> out;
  uri = uri.substr(0, uri.find_first_of("?#"));
  std::size_t at = uri.find('/', uri.find("//") + 2);
  while (at != std::string_view::npos) {
    const std::size_t next = uri.find('/', at + 1);
    out.emplace_back(uri.substr(at + 1, next == std::string_view::npos ? next : next - at - 1));
    at = next;
  }
  if (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

std::optional<std::string> from_link(std::string_view uri) {
  auto segments = path_segments(uri);
  for (auto& segment : segments) {
    for (const auto& [name, ai] : kShortNames) {
      if (segment == name) segment = ai;
    }
  }
  const auto key = std::find_if(segments.begin(), segments.end(), [](const std::string& s) {
    return std::find(kKeys.begin(), kKeys.end(), s) != kKeys.end();
  });
  const auto left = segments.end() - key;
  if (left < 2 || left % 2 != 0) return std::nullopt;
  const std::string ai = *key;
  std::string value = *(key + 1);
  if (ai == "01" && (value.size() == 8 || value.size() == 12 || value.size() == 13))
    value.insert(0, 14 - value.size(), '0');
  if (!valid_key(ai, value)) return std::nullopt;
  std::string finest;
  for (auto at = key + 2; at != segments.end(); at += 2) {
    if (*at == "22" && (ai == "01" || ai == "8006")) continue;
    if (!valid_qualifier(ai, *at, *(at + 1))) return std::nullopt;
    finest = fmt::format("/{}/{}", *at, *(at + 1));
  }
  return fmt::format("{}/{}/{}{}", kHost, ai, value, finest);
}

}  // namespace

std::optional<std::string> canonical_digital_link(std::string_view uri) {
  constexpr std::string_view kUrn = "urn:epc:";
  if (!visible(uri)) return std::nullopt;
  if (uri.starts_with(kUrn)) {
    // An EPC URN escapes these (TDS 1.13, 6.3.1); bare, they would end the path of the link.
    if (uri.find_first_of("\"#&/<>?") != std::string_view::npos) return std::nullopt;
    const std::string_view rest = uri.substr(kUrn.size());
    for (const Scheme& scheme : kSchemes) {
      if (!rest.starts_with(scheme.name) || rest.size() <= scheme.name.size() || rest[scheme.name.size()] != ':')
        continue;
      const bool pattern = scheme.name.starts_with("idpat:");
      if (pattern && !rest.ends_with(".*")) return std::nullopt;
      return from_urn(scheme, rest.substr(scheme.name.size() + 1), pattern);
    }
    return std::nullopt;
  }
  if (uri.starts_with("https://") || uri.starts_with("http://")) return from_link(uri);
  return std::nullopt;
}

std::string canonical_id(std::string_view uri) {
  auto link = canonical_digital_link(uri);
  return link ? std::move(*link) : std::string(uri);
}

}  // namespace sekisho::schemas::epcis
