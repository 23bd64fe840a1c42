// Many producers, one consumer thread, a fixed capacity: a full queue refuses, it never grows and never blocks a
// producer. The consumer takes everything that waits in one go, which is what group commit wants.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace sekisho::async {

template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  // False when full or closed; the value is then untouched.
  [[nodiscard]] bool try_push(T& value) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= capacity_) return false;
      items_.push_back(std::move(value));
    }
    filled_.notify_one();
    return true;
  }
  [[nodiscard]] bool try_push(T&& value) {
    T local = std::move(value);
    return try_push(local);
  }

  // Waits for at least one item, then takes up to `most`. Empty only when closed and drained.
  [[nodiscard]] std::vector<T> pop_some(std::size_t most) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return closed_ || !items_.empty(); });
    return take(most);
  }

  // As above, but gives up after `span`; empty then too.
  [[nodiscard]] std::vector<T> pop_some_for(std::size_t most, std::chrono::nanoseconds span) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, span, [this] { return closed_ || !items_.empty(); });
    return take(most);
  }

  // Producers are refused from now on; the consumer still drains what is inside.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
  }

  [[nodiscard]] bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  std::vector<T> take(std::size_t most) {
    std::vector<T> out;
    while (!items_.empty() && out.size() < most) {
      out.push_back(std::move(items_.front()));
      items_.pop_front();
    }
    return out;
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace sekisho::async
