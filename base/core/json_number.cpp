#include "base/core/json_number.hpp"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <system_error>

namespace sekisho {
namespace {

// Takes the digits at the front; false when there are none.
bool take_digits(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && text[n] >= '0' && text[n] <= '9') ++n;
  text.remove_prefix(n);
  return n > 0;
}

bool fits_double(std::string_view text) {
  // Only an exponent or very many digits can overflow.
  if (text.size() < 300 && text.find_first_of("eE") == std::string_view::npos) return true;
  double value = 0;
  // Out of range is what overflow gives, and underflow, whose value differs between readers.
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() && std::isfinite(value);
}

}  // namespace

NumberForm json_number_form(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with('-')) rest.remove_prefix(1);
  const bool zero = rest.starts_with('0');
  const std::size_t before = rest.size();
  if (!take_digits(rest) || (zero && before - rest.size() > 1)) return NumberForm::None;
  NumberForm form = NumberForm::Integer;
  if (rest.starts_with('.')) {
    form = NumberForm::Fraction;
    rest.remove_prefix(1);
    if (!take_digits(rest)) return NumberForm::None;
  }
  if (rest.starts_with('e') || rest.starts_with('E')) {
    form = NumberForm::Fraction;
    rest.remove_prefix(1);
    if (rest.starts_with('+') || rest.starts_with('-')) rest.remove_prefix(1);
    if (!take_digits(rest)) return NumberForm::None;
  }
  return rest.empty() && fits_double(text) ? form : NumberForm::None;
}

}  // namespace sekisho
