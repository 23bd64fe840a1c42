// Calls a function once when a deadline passes, unless it is destroyed before. For operations that end by closing
// what they work on, where tearing the coroutine would leave a socket in an unknown state.
// One executor; the function runs on it and must not throw.
#pragma once

#include <functional>
#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"

namespace sekisho::async {

class Watchdog {
 public:
  Watchdog(const Executor& executor, Deadline deadline, std::function<void()> late);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  [[nodiscard]] bool fired() const { return state_->fired; }

 private:
  struct State {
    bool armed = true;
    bool fired = false;
    std::function<void()> late;
  };
  boost::asio::steady_timer timer_;
  std::shared_ptr<State> state_;
};

}  // namespace sekisho::async
