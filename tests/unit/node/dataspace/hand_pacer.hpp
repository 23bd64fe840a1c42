// Time that a test turns by hand: pauses end when it passes over them, and the clocks go along. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/async/completion.hpp"
#include "base/core/clock.hpp"
#include "node/dataspace/pacer.hpp"

namespace sekisho::node::testing {

class HandPacer final : public Pacer {
 public:
  void drive(std::shared_ptr<ManualClock> clock) { clock_ = std::move(clock); }

  async::Task<void> pause(std::chrono::milliseconds span) override { return wait(sleep(span)); }
  async::SteadyTime now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }

  // Ends every pause that is over then.
  void advance(std::chrono::milliseconds by) {
    std::vector<async::Completion<bool>> over;
    {
      const std::lock_guard lock(mutex_);
      now_ += by;
      if (clock_) clock_->advance(by);
      while (!waiting_.empty() && waiting_.begin()->first <= now_) {
        over.push_back(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
      }
    }
    for (async::Completion<bool>& one : over) one.set(true);
  }

  // Whoever pauses is forgotten and never goes on: for the end of a node, when nothing runs any more and its context is
  // still there.
  void drop() {
    std::multimap<async::SteadyTime, async::Completion<bool>> dropped;
    {
      const std::lock_guard lock(mutex_);
      dropped.swap(waiting_);
    }
  }

  // From now until each pause ends, the shortest first.
  std::vector<std::chrono::milliseconds> pauses() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::chrono::milliseconds> spans;
    for (const auto& [at, one] : waiting_) spans.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(at - now_));
    return spans;
  }

 private:
  async::Completion<bool> sleep(std::chrono::milliseconds span) {
    const std::lock_guard lock(mutex_);
    async::Completion<bool> one;
    waiting_.emplace(now_ + span, one);
    return one;
  }
  static async::Task<void> wait(async::Completion<bool> one) { (void)co_await one.wait(); }

  std::shared_ptr<ManualClock> clock_;
  mutable std::mutex mutex_;
  async::SteadyTime now_{std::chrono::hours(200'000)};
  std::multimap<async::SteadyTime, async::Completion<bool>> waiting_;
};

}  // namespace sekisho::node::testing
