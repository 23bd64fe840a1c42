#include "policy/field_write.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/core/json.hpp"
#include "policy/mask.hpp"

namespace sekisho::policy {
namespace {

using Kind = FieldOp::Kind;
using Family = FieldOp::Family;

constexpr double kExact = 1e15;  // beyond it a double has no decimals worth rounding
constexpr std::array<std::size_t, 3> kDateLengths{10, 7, 4};
constexpr std::string_view kInstant = "0000-01-01T00:00:00Z";

bool digit(char c) { return c >= '0' && c <= '9'; }

// YYYY, YYYY-MM or YYYY-MM-DD.
bool is_date(std::string_view text) {
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7 ? text[i] != '-' : !digit(text[i])) return false;
  }
  return true;
}

// A date, or a date and a time after a T.
bool is_date_time(std::string_view text) {
  if (text.size() <= 10) return is_date(text);
  return is_date(text.substr(0, 10)) && text[10] == 'T' && std::ranges::all_of(text.substr(11), [](char c) {
           return digit(c) || c == ':' || c == '.' || c == '+' || c == '-' || c == 'Z';
         });
}

bool write_date(const FieldOp& op, std::string_view text, std::string& out) {
  if (!is_date_time(text)) return false;
  const std::string_view date = text.substr(0, std::min(text.size(), kDateLengths.at(op.level)));
  out += '"';
  out += date;
  if (op.family == Family::Instant) out += kInstant.substr(date.size());
  out += '"';
  return true;
}

bool write_number(const FieldOp& op, const FieldValue& value, std::string& out) {
  std::array<char, 64> text;
  if (op.kind == Kind::Round) {
    if (value.kind == FieldKind::Integer) {
      out += value.raw;
      return true;
    }
    if (value.kind != FieldKind::Double || !(std::abs(value.number) < kExact)) return false;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value.number, std::chars_format::fixed,
                                   static_cast<int>(op.level));
    std::string_view written(text.data(), static_cast<std::size_t>(end.ptr - text.data()));
    if (written.find_first_not_of("-0.") == std::string_view::npos && written.front() == '-') written.remove_prefix(1);
    out += written;
    return true;
  }
  if (value.kind != FieldKind::Integer && value.kind != FieldKind::Double) return false;
  if (!(std::abs(value.number) < kExact)) return false;
  const auto width = static_cast<std::int64_t>(op.level);
  const auto whole = static_cast<std::int64_t>(std::floor(value.number));
  const std::int64_t rest = ((whole % width) + width) % width;
  out += std::to_string(whole - rest);
  return true;
}

std::string_view prefix(std::string_view text, std::uint64_t characters) {
  std::size_t at = 0;
  while (at < text.size() && characters > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) ++at;
    --characters;
  }
  return text.substr(0, at);
}

bool write_pseudonym(const FieldOp& op, const Pseudonyms& pseudonyms, const FieldValue& value, std::string& out) {
  if (value.kind != FieldKind::String && (op.reference || value.kind != FieldKind::Integer)) return false;
  const std::string_view canonical = value.kind == FieldKind::String ? value.text : value.raw;
  out += '"';
  if (op.reference)
    pseudonyms.append_reference(out, canonical);
  else
    pseudonyms.append_token(out, canonical);
  out += '"';
  return true;
}

bool write(const FieldOp& op, const Pseudonyms* pseudonyms, const FieldValue& value, std::string& out) {
  const bool text = value.kind == FieldKind::String;
  switch (op.kind) {
    case Kind::Round: return write_number(op, value, out);
    case Kind::Mask:
      if (text) append_masked(out, value.text, op.shown);
      return text;
    case Kind::Pseudonym: return pseudonyms != nullptr && write_pseudonym(op, *pseudonyms, value, out);
    case Kind::Generalise: break;
    default: return false;
  }
  switch (op.family) {
    case Family::None: out += "null"; return true;
    case Family::Band: return write_number(op, value, out);
    case Family::Prefix:
      if (text) out += sekisho::to_text(Json(prefix(value.text, op.level)));
      return text;
    default: return text && write_date(op, value.text, out);
  }
}

bool is_number_of(const FieldOp& op, std::string_view raw) {
  if (op.kind == Kind::Round) {
    const std::size_t point = raw.find('.');
    const bool exponent = raw.find_first_of("eE") != std::string_view::npos;
    return !raw.empty() && (digit(raw.front()) || raw.front() == '-') && !exponent &&
           (point == std::string_view::npos || raw.size() - point - 1 <= op.level);
  }
  std::int64_t number = 0;
  const auto read = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  return read.ec == std::errc() && read.ptr == raw.data() + raw.size() &&
         number % static_cast<std::int64_t>(op.level) == 0;
}

bool is_text_of(const FieldOp& op, std::string_view raw, std::string_view inside) {
  switch (op.family) {
    case Family::Prefix: {
      const Result<Json> text = parse_json(raw);
      if (!text || !text->is_string()) return false;
      const std::string_view value(text->get_string());
      return prefix(value, op.level) == value;
    }
    case Family::Date: return is_date(inside) && inside.size() <= kDateLengths.at(op.level);
    case Family::Instant: {
      const std::size_t kept = kDateLengths.at(op.level);
      return inside.size() == kInstant.size() && is_date(inside.substr(0, 10)) &&
             inside.substr(kept) == kInstant.substr(kept);
    }
    default: return false;
  }
}

}  // namespace

Status write_field(const FieldOp& op, const Pseudonyms* pseudonyms, const FieldValue& value, std::string& out) {
  if (op.kind == Kind::Redact) {
    out += op.text.empty() ? "null" : "\"" + op.text + "\"";
    return {};
  }
  if (value.kind == FieldKind::Null) {
    out += "null";
    return {};
  }
  if (!write(op, pseudonyms, value, out))
    return fail(Code::ViewError, "a member of a kind that its operation is not for");
  return {};
}

bool is_result_of(const FieldOp& op, std::string_view raw) {
  if (op.kind == Kind::Keep) return true;
  if (op.kind == Kind::Redact && !op.text.empty())
    return raw.size() == op.text.size() + 2 && raw.substr(1, op.text.size()) == op.text;
  if (raw == "null") return true;
  const bool text = raw.size() >= 2 && raw.front() == '"' && raw.back() == '"';
  const std::string_view inside = text ? raw.substr(1, raw.size() - 2) : std::string_view();
  switch (op.kind) {
    case Kind::Round: return is_number_of(op, raw);
    case Kind::Mask: return text && inside.starts_with("****");
    case Kind::Pseudonym:
      return text && (op.reference ? is_token_reference(inside) : is_token(inside));
    case Kind::Generalise:
      return op.family == Family::Band ? is_number_of(op, raw) : text && is_text_of(op, raw, inside);
    default: return false;
  }
}

}  // namespace sekisho::policy
