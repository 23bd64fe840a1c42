#include "base/async/task_group.hpp"

#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace sekisho::async {

TaskGroup::TaskGroup(const Executor& executor, std::size_t limit)
    : executor_(executor), limit_(limit), empty_(executor) {
  empty_.set();
}

bool TaskGroup::spawn(Task<void> task) {
  if (closed_ || running_ >= limit_) return false;
  ++running_;
  empty_.reset();
  const auto signals = signals_;
  const auto signal = signals->emplace(signals->end());
  boost::asio::co_spawn(executor_, run(std::move(task)),
                        boost::asio::bind_cancellation_slot(
                            signal->slot(), [signals, signal](std::exception_ptr) { signals->erase(signal); }));
  return true;
}

void TaskGroup::close() { closed_ = true; }

void TaskGroup::cancel() {
  for (auto at = signals_->begin(); at != signals_->end();) {
    auto& signal = *at++;
    signal.emit(boost::asio::cancellation_type::terminal);
  }
}

Task<bool> TaskGroup::wait(Deadline deadline) { return empty_.wait_until(deadline); }

// Counted in the frame, not in the completion: in 1.81 a cancelled co_spawn may not deliver its completion.
Task<void> TaskGroup::run(Task<void> task) {
  struct Guard {
    TaskGroup& group;
    ~Guard() {
      if (--group.running_ == 0) group.empty_.set();
    }
  };
  const Guard guard{*this};
  co_await std::move(task);
}

}  // namespace sekisho::async
