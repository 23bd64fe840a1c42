// RFC 8785 (JSON Canonicalization Scheme).
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/core/json.hpp"
#include "base/core/limits.hpp"
#include "base/core/utf8.hpp"

namespace sekisho {
namespace {

// More than any parser of the project admits: what is deeper was built by a program that errs.
constexpr std::size_t kDepth = 4 * limits::kJsonDepth;
constexpr std::size_t kFewMembers = 16;  // of an object, sorted without an allocation

// Names sort by UTF-16 code units (section 3.2.3). UTF-8 octets sort by code points; the two differ only where a
// character beyond U+FFFF (first octet F0 … F4, a surrogate D800 … in UTF-16) meets one of U+E000 … U+FFFF (EE, EF).
unsigned rank(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet == 0xee || octet == 0xef ? octet + 0x10U : octet;
}

bool utf16_less(std::string_view a, std::string_view b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
  return rank(*x) < rank(*y);
}

void write_escape(char c, std::string& out) {
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default: out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  }
}

// Printable ASCII without quotation mark and backslash stands for itself; nearly all text is nothing else.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

Status write_string(std::string_view text, std::string& out) {
  if (is_plain(text)) {
    out += '"';
    out += text;
    out += '"';
    return {};
  }
  if (!valid_utf8(text)) return fail(Code::JsonShape, "a string that is not UTF-8 has no canonical JSON");
  out += '"';
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out += text.substr(copied, i - copied);
    copied = i + 1;
    write_escape(c, out);
  }
  out += text.substr(copied);
  out += '"';
  return {};
}

// ECMA-262 Number::toString: the shortest digits that read back as the same double, laid out by magnitude.
Status write_double(double value, std::string& out) {
  if (!std::isfinite(value)) return fail(Code::JsonShape, "an infinite number has no canonical JSON");
  if (value == 0) {
    out += '0';  // minus zero too
    return {};
  }
  std::array<char, 32> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
  std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  if (text.front() == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  const std::size_t e = text.find('e');
  std::string digits(1, text[0]);
  if (e > 2) digits += text.substr(2, e - 2);
  int point = 0;  // the value is 0.digits times ten to this power
  const char* exponent = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(exponent, text.data() + text.size(), point);
  ++point;
  const int count = static_cast<int>(digits.size());
  if (point > 21 || point <= -6) {
    out += digits[0];
    if (count > 1) {
      out += '.';
      out += digits.substr(1);
    }
    out += fmt::format("e{:+d}", point - 1);
  } else if (point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-point), '0');
    out += digits;
  } else if (point >= count) {
    out += digits;
    out.append(static_cast<std::size_t>(point - count), '0');
  } else {
    out += digits.substr(0, static_cast<std::size_t>(point));
    out += '.';
    out += digits.substr(static_cast<std::size_t>(point));
  }
  return {};
}

Status write_value(const Json& value, std::string& out, std::size_t depth);

Status write_object(const JsonObject& object, std::string& out, std::size_t depth) {
  using Member = boost::json::key_value_pair;
  std::array<const Member*, kFewMembers> few;
  std::vector<const Member*> many(object.size() <= few.size() ? 0 : object.size());
  const std::span<const Member*> members =
      many.empty() ? std::span<const Member*>(few.data(), object.size()) : std::span<const Member*>(many);
  std::size_t count = 0;
  for (const Member& member : object) members[count++] = &member;
  const auto less = [](const Member* a, const Member* b) { return utf16_less(a->key(), b->key()); };
  // What was read from canonical JSON is in order.
  if (!std::ranges::is_sorted(members, less)) std::ranges::sort(members, less);
  out += '{';
  for (const auto* member : members) {
    if (out.back() != '{') out += ',';
    if (Status name = write_string(member->key(), out); !name) return name;
    out += ':';
    if (Status inner = write_value(member->value(), out, depth + 1); !inner) return inner;
  }
  out += '}';
  return {};
}

Status write_array(const JsonArray& array, std::string& out, std::size_t depth) {
  out += '[';
  bool first = true;
  for (const auto& element : array) {
    if (!first) out += ',';
    first = false;
    if (Status inner = write_value(element, out, depth + 1); !inner) return inner;
  }
  out += ']';
  return {};
}

Status write_integer(std::int64_t value, std::string& out) {
  if (value > limits::kJsonInteger || value < -limits::kJsonInteger) {
    return fail(Code::JsonShape, "an integer beyond 2^53 has no canonical JSON");
  }
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
  return {};
}

Status write_value(const Json& value, std::string& out, std::size_t depth) {
  if (depth > kDepth) return fail(Code::LimitExceeded, "a JSON value that is nested too deep");
  switch (value.kind()) {
    case boost::json::kind::null: out += "null"; return {};
    case boost::json::kind::bool_: out += value.get_bool() ? "true" : "false"; return {};
    case boost::json::kind::int64: return write_integer(value.get_int64(), out);
    case boost::json::kind::uint64:
      // Out of range in int64 is out of range here too.
      return write_integer(static_cast<std::int64_t>(std::min<std::uint64_t>(value.get_uint64(), INT64_MAX)), out);
    case boost::json::kind::double_: return write_double(value.get_double(), out);
    case boost::json::kind::string: return write_string(value.get_string(), out);
    case boost::json::kind::array: return write_array(value.get_array(), out, depth);
    case boost::json::kind::object: return write_object(value.get_object(), out, depth);
  }
  return fail(Code::Internal, "a JSON value of no kind");
}

}  // namespace

Result<std::string> canonical_json(const Json& value) {
  std::string out;
  if (Status written = write_value(value, out, 0); !written) return fail(written.error());
  return out;
}

}  // namespace sekisho
