// How many denials a peer may cause in a minute (decision 0009): each is an entry that is kept for ever. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "base/core/clock.hpp"
#include "base/core/result.hpp"

namespace sekisho::node {

class DenialLimit {
 public:
  static constexpr unsigned kInAMinute = 60;

  // TooManyRequests above it. peer_did: authenticated, so there are as many as the snapshot has nodes.
  [[nodiscard]] Status admit(const std::string& peer_did, Instant now) {
    const std::lock_guard lock(mutex_);
    Window& window = windows_[peer_did];
    if (now - window.begin >= std::chrono::minutes(1) || now < window.begin) window = {now, 0};
    if (window.denials < kInAMinute) {
      ++window.denials;
      return {};
    }
    return fail(Error(Code::TooManyRequests, peer_did + " was denied too often in a minute").with("retry_after_s", "60"));
  }

 private:
  struct Window {
    Instant begin{};
    unsigned denials = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Window> windows_;
};

}  // namespace sekisho::node
