#include "policy/literal.hpp"

#include <algorithm>
#include <string>

namespace sekisho::policy {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<TimeSpan> time_literal(std::string_view text) {
  constexpr std::size_t kDate = 10, kMinute = 16;  // 2026-11-24, 2026-11-24T13:55
  if (text.size() < kDate) return std::nullopt;
  if (text.size() == kDate || text[kDate] != 'T') {
    std::string midnight(text.substr(0, kDate));
    midnight += "T00:00:00";
    midnight += text.size() == kDate ? "Z" : text.substr(kDate);
    const Result<Instant> start = from_rfc3339(midnight);
    if (!start) return std::nullopt;
    const std::int64_t first = start->time_since_epoch().count();
    return TimeSpan{first, first + std::chrono::microseconds(std::chrono::days(1)).count() - 1};
  }
  std::string full(text);
  if (full.size() > kMinute && full[kMinute] != ':') full.insert(kMinute, ":00");
  const Result<Instant> at = from_rfc3339(full);
  if (!at) return std::nullopt;
  return TimeSpan{at->time_since_epoch().count(), at->time_since_epoch().count()};
}

std::optional<std::int64_t> count_literal(std::string_view text) {
  if (text.empty() || text.size() > 15 || !std::ranges::all_of(text, digit)) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

bool identifier_literal(std::string_view text) {
  return !text.empty() && text.size() <= 512 &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '%' && c != '"' && c != '\\'; });
}

}  // namespace sekisho::policy
