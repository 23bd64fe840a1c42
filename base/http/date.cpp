#include "base/http/date.hpp"

#include <algorithm>
#include <array>

namespace sekisho::http {

namespace {

constexpr std::string_view kShape = "Www, dd Mmm yyyy hh:mm:ss GMT";
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

bool has_shape(std::string_view text) {
  if (text.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char shape = kShape[i];
    const bool digit = text[i] >= '0' && text[i] <= '9';
    const bool wants_digit = shape == 'd' || shape == 'y' || shape == 'h' || shape == 'm' || shape == 's';
    const bool month = i >= 8 && i < 11;
    if (month || i < 3) continue;
    if (wants_digit ? !digit : text[i] != shape) return false;
  }
  return true;
}

int number(std::string_view digits) {
  int out = 0;
  for (const char c : digits) out = out * 10 + (c - '0');
  return out;
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  namespace chrono = std::chrono;
  if (!has_shape(text)) return std::nullopt;
  const auto* const month = std::ranges::find(kMonths, text.substr(8, 3));
  if (month == kMonths.end()) return std::nullopt;
  const chrono::year_month_day date(chrono::year(number(text.substr(12, 4))),
                                    chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
                                    chrono::day(static_cast<unsigned>(number(text.substr(5, 2)))));
  const int hour = number(text.substr(17, 2));
  const int minute = number(text.substr(20, 2));
  const int second = number(text.substr(23, 2));
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const chrono::sys_days day(date);
  if (kDays[chrono::weekday(day).c_encoding()] != text.substr(0, 3)) return std::nullopt;
  return day + chrono::hours(hour) + chrono::minutes(minute) + chrono::seconds(second);
}

}  // namespace sekisho::http
