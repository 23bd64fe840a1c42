// A point in steady time that travels with a request: whoever does a part of the work takes min(own limit, remaining).
#pragma once

#include <algorithm>
#include <chrono>

namespace sekisho::async {

using SteadyTime = std::chrono::steady_clock::time_point;
using Millis = std::chrono::milliseconds;

class Deadline {
 public:
  // No deadline at all; only for work whose end somebody else guards.
  Deadline() : at_(SteadyTime::max()) {}
  explicit Deadline(SteadyTime at) : at_(at) {}

  [[nodiscard]] static Deadline never() { return Deadline(); }
  [[nodiscard]] static Deadline in(std::chrono::nanoseconds span) {
    return Deadline(std::chrono::steady_clock::now() + span);
  }

  [[nodiscard]] SteadyTime at() const { return at_; }
  [[nodiscard]] bool is_never() const { return at_ == SteadyTime::max(); }
  [[nodiscard]] bool expired() const { return !is_never() && std::chrono::steady_clock::now() >= at_; }

  // Zero when expired; the largest span when there is none.
  [[nodiscard]] std::chrono::nanoseconds remaining() const {
    if (is_never()) return std::chrono::nanoseconds::max();
    return std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(at_ - std::chrono::steady_clock::now()));
  }

  [[nodiscard]] Deadline earlier(Deadline other) const { return Deadline(std::min(at_, other.at_)); }
  [[nodiscard]] Deadline at_most(std::chrono::nanoseconds span) const { return earlier(in(span)); }

 private:
  SteadyTime at_;
};

}  // namespace sekisho::async
