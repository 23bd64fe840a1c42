// Waiting as a port: every pause of this room that is not the answer of somebody goes through it, so that a test makes
// time pass itself. What time of day it is comes from Clock; this one only measures spans.
#pragma once

#include <chrono>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"

namespace sekisho::node {

// Thread-safe. pause() resumes on the executor of its caller, and may be destroyed while it waits.
class Pacer {
 public:
  virtual ~Pacer() = default;
  [[nodiscard]] virtual async::Task<void> pause(std::chrono::milliseconds span) = 0;
  [[nodiscard]] virtual async::SteadyTime now() const = 0;
  [[nodiscard]] async::Deadline in(std::chrono::milliseconds span) const { return async::Deadline(now() + span); }
};

// The machine's steady clock.
[[nodiscard]] Pacer& steady_pacer();

}  // namespace sekisho::node
