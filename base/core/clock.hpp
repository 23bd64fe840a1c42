// Time as a port. A reading is an instant and how far it may be off (formats.md 9): the true time lies in
// [now - u, now + u]; a bound inside that interval is unknown, and unknown never grants.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/result.hpp"

namespace sekisho {

// UTC, microseconds since 1970-01-01T00:00:00Z.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

struct ClockReading {
  Instant now;
  std::chrono::microseconds uncertainty{0};
};

// Thread-safe. Implementations never block.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual ClockReading read() const = 0;
  [[nodiscard]] Instant now() const { return read().now; }
};

// The machine's clock. With a fixed uncertainty (setting clock.uncertainty), that; else the kernel's maxerror
// when the clock is synchronised; else max(16 s) + 500 ppm since start.
class SystemClock final : public Clock {
 public:
  SystemClock();
  explicit SystemClock(std::chrono::microseconds fixed_uncertainty);
  [[nodiscard]] ClockReading read() const override;
  [[nodiscard]] bool synchronised() const;

 private:
  std::chrono::microseconds fixed_{-1};
  std::chrono::steady_clock::time_point started_;
};

// A clock that tests turn by hand. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start, std::chrono::microseconds uncertainty = std::chrono::milliseconds(100))
      : now_us_(start.time_since_epoch().count()), uncertainty_us_(uncertainty.count()) {}
  [[nodiscard]] ClockReading read() const override {
    return {Instant(std::chrono::microseconds(now_us_.load())), std::chrono::microseconds(uncertainty_us_.load())};
  }
  void advance(std::chrono::microseconds by) { now_us_ += by.count(); }
  void set(Instant at) { now_us_ = at.time_since_epoch().count(); }
  void set_uncertainty(std::chrono::microseconds u) { uncertainty_us_ = u.count(); }

 private:
  std::atomic<std::int64_t> now_us_;
  std::atomic<std::int64_t> uncertainty_us_;
};

// RFC 3339, UTC, microseconds: 2026-11-24T13:55:25.000123Z. The only spelling the project writes.
[[nodiscard]] std::string to_rfc3339(Instant at);

// Reads RFC 3339 with any offset and 0 … 6 fraction digits; seconds are required, a missing zone is refused.
[[nodiscard]] Result<Instant> from_rfc3339(std::string_view text);

}  // namespace sekisho
