#include "base/core/clock.hpp"

#include <sys/timex.h>

#include <fmt/format.h>

namespace sekisho {
namespace {

using std::chrono::microseconds;

bool digits(std::string_view text, std::size_t at, std::size_t n, int& out) {
  if (at + n > text.size()) return false;
  out = 0;
  for (std::size_t i = at; i < at + n; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  return true;
}

}  // namespace

SystemClock::SystemClock() : started_(std::chrono::steady_clock::now()) {}

SystemClock::SystemClock(microseconds fixed_uncertainty)
    : fixed_(fixed_uncertainty), started_(std::chrono::steady_clock::now()) {}

bool SystemClock::synchronised() const {
  timex state{};
  const int verdict = adjtimex(&state);
  return verdict >= 0 && verdict != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

ClockReading SystemClock::read() const {
  const auto now = std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now());
  if (fixed_.count() >= 0) return {now, fixed_};
  timex state{};
  const int verdict = adjtimex(&state);
  if (verdict >= 0 && verdict != TIME_ERROR && (state.status & STA_UNSYNC) == 0) {
    return {now, microseconds(state.maxerror)};
  }
  const auto elapsed = std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - started_);
  return {now, std::chrono::seconds(16) + elapsed / 2000};
}

std::string to_rfc3339(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<microseconds> time(at - day);
  // By hand for the years that are written: statements and messages carry several times each.
  std::string out = "0000-00-00T00:00:00.000000Z";
  const auto put = [&out](std::size_t place, std::size_t width, std::int64_t value) {
    for (; width > 0; --width, value /= 10) out[place + width - 1] = static_cast<char>('0' + value % 10);
  };
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) {
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", year, static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), time.hours().count(), time.minutes().count(),
                       time.seconds().count(), time.subseconds().count());
  }
  put(0, 4, year);
  put(5, 2, static_cast<unsigned>(date.month()));
  put(8, 2, static_cast<unsigned>(date.day()));
  put(11, 2, time.hours().count());
  put(14, 2, time.minutes().count());
  put(17, 2, time.seconds().count());
  put(20, 6, time.subseconds().count());
  return out;
}

Result<Instant> from_rfc3339(std::string_view text) {
  const auto refuse = [&] { return fail(Code::InvalidArgument, fmt::format("'{}' is no RFC 3339 date-time", text)); };
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (text.size() < 20 || text.size() > 40 || !digits(text, 0, 4, year) || text[4] != '-' ||
      !digits(text, 5, 2, month) || text[7] != '-' || !digits(text, 8, 2, day) || text[10] != 'T' ||
      !digits(text, 11, 2, hour) || text[13] != ':' || !digits(text, 14, 2, minute) || text[16] != ':' ||
      !digits(text, 17, 2, second)) {
    return refuse();
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return refuse();
  std::size_t at = 19;
  std::int64_t fraction = 0;
  if (text[at] == '.') {
    std::int64_t scale = 100000;
    std::size_t n = 0;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++n) {
      if (n >= 6) return refuse();
      fraction += (text[at] - '0') * scale;
      scale /= 10;
    }
    if (n == 0) return refuse();
  }
  int offset_minutes = 0;
  if (at < text.size() && text[at] == 'Z') {
    if (at + 1 != text.size()) return refuse();
  } else if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    int oh = 0;
    int om = 0;
    if (at + 6 != text.size() || !digits(text, at + 1, 2, oh) || text[at + 3] != ':' || !digits(text, at + 4, 2, om) ||
        oh > 14 || om > 59) {
      return refuse();
    }
    offset_minutes = (oh * 60 + om) * (text[at] == '-' ? -1 : 1);
  } else {
    return refuse();
  }
  return Instant(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute - offset_minutes) + std::chrono::seconds(second) + microseconds(fraction);
}

}  // namespace sekisho
