// Watches the path of the trust snapshot: a new file is read, verified and taken. One that is refused is an alarm in
// the log and the old state stays; it is tried again at each poll, because a full queue or disk passes. Owns one
// thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "base/core/result.hpp"
#include "node/identity/trust_holder.hpp"

namespace sekisho::node {

inline constexpr std::size_t kMaxSnapshotBytes = 16U << 20;

class SnapshotWatcher {
 public:
  // trust outlives the watcher.
  SnapshotWatcher(std::filesystem::path path, std::chrono::milliseconds poll, TrustHolder& trust);
  ~SnapshotWatcher();
  SnapshotWatcher(const SnapshotWatcher&) = delete;
  SnapshotWatcher& operator=(const SnapshotWatcher&) = delete;

  // Any thread; also what the watcher does itself.
  [[nodiscard]] Status read_now();
  void stop();

 private:
  // What tells one file at the path from the next.
  struct Version {
    std::filesystem::file_time_type written{};
    std::uintmax_t size = 0;
    bool operator==(const Version&) const = default;
  };

  void run();

  const std::filesystem::path path_;
  const std::chrono::milliseconds poll_;
  TrustHolder& trust_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  Version taken_;
  Version refused_;
  std::thread thread_;
};

}  // namespace sekisho::node
