// A flag that coroutines of one executor wait for. All members are called on that executor's thread.
#pragma once

#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"

namespace sekisho::async {

class Event {
 public:
  explicit Event(const Executor& executor);

  void set();    // wakes every waiter; stays set
  void reset();  // later waiters wait again
  [[nodiscard]] bool is_set() const { return set_; }

  Task<void> wait();
  // Whether the event was set in time.
  Task<bool> wait_until(Deadline deadline);

 private:
  std::shared_ptr<boost::asio::steady_timer> never_;  // cancelled to wake
  bool set_ = false;
};

}  // namespace sekisho::async
