// Callers that wait for a process to come to its end. Internal to this room.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/async/completion.hpp"
#include "base/core/result.hpp"

namespace sekisho::node {

// By own process id, one for each. Thread-safe.
template <class T>
class Waiters {
 public:
  [[nodiscard]] async::Completion<Result<T>> open(const std::string& pid) {
    const std::lock_guard lock(mutex_);
    return waiting_[pid];
  }
  void settle(const std::string& pid, Result<T> outcome) {
    std::optional<async::Completion<Result<T>>> waiter;
    {
      const std::lock_guard lock(mutex_);
      const auto found = waiting_.find(pid);
      if (found == waiting_.end()) return;
      waiter = found->second;
      waiting_.erase(found);
    }
    (void)waiter->set(std::move(outcome));
  }
  [[nodiscard]] bool waited_for(const std::string& pid) const {
    const std::lock_guard lock(mutex_);
    return waiting_.contains(pid);
  }
  void drop(const std::string& pid) {
    const std::lock_guard lock(mutex_);
    waiting_.erase(pid);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, async::Completion<Result<T>>> waiting_;
};

}  // namespace sekisho::node
