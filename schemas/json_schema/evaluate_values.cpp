// Values that hold no others.
#include <cmath>

#include "schemas/json_schema/evaluation.hpp"
#include "schemas/json_schema/identity.hpp"

namespace sekisho::schemas {
namespace {

bool multiple(double value, double of) {
  const double quotient = value / of;
  if (!std::isfinite(quotient)) return false;
  constexpr double kExact = 9007199254740992.0;
  if (std::abs(quotient) >= kExact) return std::fmod(value, of) == 0;
  // A decimal fraction is no double; what is left of one in the last places counts as none.
  return std::abs(quotient - std::nearbyint(quotient)) <= 4 * 2.3e-16 * std::max(1.0, std::abs(quotient));
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

}  // namespace

bool Evaluation::type_fits(std::uint8_t types, const Json& value) const {
  switch (value.kind()) {
    case boost::json::kind::null: return (types & kNull) != 0;
    case boost::json::kind::bool_: return (types & kBoolean) != 0;
    case boost::json::kind::object: return (types & kObject) != 0;
    case boost::json::kind::array: return (types & kArray) != 0;
    case boost::json::kind::string: return (types & kString) != 0;
    case boost::json::kind::double_:
      if ((types & kInteger) != 0 && std::nearbyint(value.get_double()) == value.get_double()) return true;
      return (types & kNumber) != 0;
    default: return (types & (kNumber | kInteger)) != 0;
  }
}

bool Evaluation::allowed(const Allowed& allowed, const At& at) {
  if (at.value.is_string()) {
    const auto& text = at.value.get_string();
    return allowed.strings.contains(std::string_view(text.data(), text.size())) || no(at, allowed.keyword);
  }
  if (allowed.others.empty()) return no(at, allowed.keyword);
  return allowed.others.contains(identity(at.value)) || no(at, allowed.keyword);
}

bool Evaluation::number(const NumberRules& rules, const At& at) {
  const auto value = at.value.to_number<double>();
  if (rules.minimum && value < *rules.minimum) return no(at, "minimum");
  if (rules.maximum && value > *rules.maximum) return no(at, "maximum");
  if (rules.exclusive_minimum && value <= *rules.exclusive_minimum) return no(at, "exclusiveMinimum");
  if (rules.exclusive_maximum && value >= *rules.exclusive_maximum) return no(at, "exclusiveMaximum");
  if (rules.multiple_of && !multiple(value, *rules.multiple_of)) return no(at, "multipleOf");
  return true;
}

bool Evaluation::string(const StringRules& rules, const At& at) {
  const std::string_view text(at.value.get_string().data(), at.value.get_string().size());
  if (rules.min_length || rules.max_length) {
    const std::size_t length = characters(text);
    if (rules.min_length && length < *rules.min_length) return no(at, "minLength");
    if (rules.max_length && length > *rules.max_length) return no(at, "maxLength");
  }
  if (rules.pattern && !rules.pattern->found_in(text)) return no(at, "pattern");
  return fits_format(rules.format, text) || no(at, "format");
}

}  // namespace sekisho::schemas
