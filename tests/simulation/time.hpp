// Time that passes only when the schedule says so: steady time for waits, and the wall clock that goes with it. One
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "base/async/deadline.hpp"
#include "base/core/clock.hpp"

namespace sekisho::simulation {

class VirtualTime {
 public:
  // Later than any machine has been up: what is later still is a virtual deadline.
  static constexpr std::chrono::hours kEpoch{200'000};

  using Wake = std::function<void()>;

  // clock outlives the time and is turned with it.
  explicit VirtualTime(ManualClock& clock) : clock_(clock) {}

  [[nodiscard]] async::SteadyTime now() const { return now_; }
  // owner: whoever dies takes its waits along.
  void at(async::SteadyTime due, std::uint64_t owner, Wake wake);
  [[nodiscard]] std::optional<async::SteadyTime> next() const;
  // Goes to the next wait and wakes everything that is due then, in the order it was asked for.
  void advance();
  void advance_to(async::SteadyTime to);
  // Wakes what the owner waits for: whoever ends it sees to it that nothing runs any more.
  void end(std::uint64_t owner);

 private:
  struct Waiting {
    std::uint64_t owner = 0;
    Wake wake;
  };
  ManualClock& clock_;
  async::SteadyTime now_{kEpoch};
  std::uint64_t order_ = 0;
  std::map<std::pair<async::SteadyTime, std::uint64_t>, Waiting> waiting_;
};

}  // namespace sekisho::simulation
