#include "connectors/http/repeats.hpp"

#include <algorithm>

#include "base/core/clock.hpp"
#include "base/crypto/system_random.hpp"
#include "base/http/date.hpp"

namespace sekisho::connectors {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kCalls = 4;

std::chrono::sys_seconds now() { return std::chrono::floor<seconds>(SystemClock().now()); }

// 100 ms … 800 ms, scattered.
milliseconds growing(int calls) {
  SystemRandom random;
  const milliseconds most(100 << calls);
  return most / 2 + milliseconds(random.bytes(1)[0] * (most.count() / 2) / 255);
}

}  // namespace

std::optional<milliseconds> retry_after(const http::Headers& headers) {
  const std::string_view text = headers.get("Retry-After");
  if (text.empty()) return std::nullopt;
  if (text.size() < 6 && text.find_first_not_of("0123456789") == text.npos)
    return seconds(std::stol(std::string(text)));
  const auto until = http::parse_http_date(text);
  if (!until) return std::nullopt;
  const seconds wait = *until - http::parse_http_date(headers.get("Date")).value_or(now());
  return std::max(milliseconds(0), milliseconds(wait));
}

std::optional<seconds> clock_difference(const http::Headers& headers) {
  const auto theirs = http::parse_http_date(headers.get("Date"));
  if (!theirs) return std::nullopt;
  return *theirs - now();
}

Repeats::Step Repeats::again(std::optional<milliseconds> asked) {
  if (calls_ >= kCalls) return Step::Done;
  pause_ = asked.value_or(growing(calls_));
  return Step::Again;
}

Repeats::Step Repeats::after(int status, const http::Headers& headers) {
  if (status == 401 && may_renew_) {
    may_renew_ = false;
    return Step::Renew;
  }
  ++calls_;
  const bool passing = status == 429 || status == 503 || (harmless_ && (status == 502 || status == 504));
  return passing ? again(retry_after(headers)) : Step::Done;
}

Repeats::Step Repeats::after(const Error& error) {
  ++calls_;
  const bool broken = error.cause && (error.cause->code == Code::Connection || error.cause->code == Code::Truncated);
  return broken && harmless_ ? again(std::nullopt) : Step::Done;
}

}  // namespace sekisho::connectors
