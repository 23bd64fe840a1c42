#include "base/core/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "base/core/json_number.hpp"
#include "base/core/limits.hpp"

namespace sekisho {
namespace {

constexpr std::array<std::string_view, 10> kOtherWords = {"yes", "no",   "on",    "off",  "y",
                                                          "n",   "true", "false", "null", "~"};

bool digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

bool only(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

// YAML 1.1's base 60: digits and colons, at most a fraction at the end.
bool sexagesimal(std::string_view text) {
  return text.find(':') != std::string_view::npos && digit(text[0]) && only(text, "0123456789_:.") &&
         std::count(text.begin(), text.end(), '.') <= 1 && text.find("::") == std::string_view::npos;
}

// Whether another YAML reader, of version 1.1 or with the core schema, takes the scalar for a number.
bool number_elsewhere(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  if (text.empty()) return false;
  if (text == ".inf" || text == ".nan") return true;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'o' || text[1] == 'b')) {
    return only(text.substr(2), "0123456789abcdef_");
  }
  if (sexagesimal(text)) return true;
  std::string_view mantissa = text.substr(0, text.find('e'));
  if (mantissa.size() < text.size()) {
    std::string_view exponent = text.substr(mantissa.size() + 1);
    if (exponent.starts_with('+') || exponent.starts_with('-')) exponent.remove_prefix(1);
    if (exponent.empty() || !only(exponent, "0123456789")) return false;
  }
  return std::any_of(mantissa.begin(), mantissa.end(), digit) && mantissa[0] != '_' && only(mantissa, "0123456789._") &&
         std::count(mantissa.begin(), mantissa.end(), '.') <= 1;
}

}  // namespace

Result<Json> plain_scalar(std::string_view text) {
  if (text == "null") return Json(nullptr);
  if (text == "true") return Json(true);
  if (text == "false") return Json(false);
  const NumberForm form = json_number_form(text);
  const char* const end = text.data() + text.size();
  if (form == NumberForm::Integer) {
    std::int64_t value = 0;
    if (std::from_chars(text.data(), end, value).ec != std::errc() || value > limits::kJsonInteger ||
        value < -limits::kJsonInteger) {
      return fail(Code::YamlSyntax, "an integer beyond 2^53");
    }
    return Json(value);
  }
  if (form == NumberForm::Fraction) {
    double value = 0;
    std::from_chars(text.data(), end, value);
    // As in strict JSON: canonical JSON writes these as integers.
    if (std::fabs(value) > static_cast<double>(limits::kJsonInteger) && std::fabs(value) < 1e21) {
      return fail(Code::YamlSyntax, "an integer beyond 2^53");
    }
    return Json(value);
  }
  const std::string low = lower(text);
  if (std::find(kOtherWords.begin(), kOtherWords.end(), low) != kOtherWords.end() || number_elsewhere(low)) {
    return fail(Code::YamlSyntax, fmt::format("'{}' means different things to different readers; quote it", text));
  }
  return Json(text);
}

}  // namespace sekisho
