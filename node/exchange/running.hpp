// The exchanges that a request of this process is working on; recovery leaves them alone, and looks for open intents
// only after one of them ended. Thread-safe.
#pragma once

#include <mutex>
#include <set>
#include <utility>

#include "base/core/uuid.hpp"

namespace sekisho::node {

class RunningExchanges {
 public:
  class Guard {
   public:
    Guard(RunningExchanges& all, const Uuid& exchange) : all_(&all), exchange_(exchange) {
      const std::lock_guard lock(all_->mutex_);
      all_->running_.insert(exchange_);
    }
    Guard(Guard&& other) noexcept : all_(std::exchange(other.all_, nullptr)), exchange_(other.exchange_) {}
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    Guard& operator=(Guard&&) = delete;
    ~Guard() {
      if (all_ == nullptr) return;
      const std::lock_guard lock(all_->mutex_);
      all_->running_.erase(exchange_);
      all_->ended_ = true;
    }

   private:
    RunningExchanges* all_;
    Uuid exchange_;
  };

  [[nodiscard]] bool contains(const Uuid& exchange) const {
    const std::lock_guard lock(mutex_);
    return running_.contains(exchange);
  }

  // Whether any ended since the last call.
  [[nodiscard]] bool take_ended() {
    const std::lock_guard lock(mutex_);
    return std::exchange(ended_, false);
  }

 private:
  mutable std::mutex mutex_;
  bool ended_ = false;
  std::set<Uuid> running_;
};

}  // namespace sekisho::node
