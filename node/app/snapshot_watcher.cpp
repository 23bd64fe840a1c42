#include "node/app/snapshot_watcher.hpp"

#include <system_error>

#include "base/core/file.hpp"
#include "base/core/log.hpp"

namespace sekisho::node {

SnapshotWatcher::SnapshotWatcher(std::filesystem::path path, std::chrono::milliseconds poll, TrustHolder& trust)
    : path_(std::move(path)), poll_(poll), trust_(trust), thread_([this] { run(); }) {}

SnapshotWatcher::~SnapshotWatcher() { stop(); }

void SnapshotWatcher::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Status SnapshotWatcher::read_now() {
  const auto bytes = read_file(path_, kMaxSnapshotBytes);
  if (!bytes) return fail(bytes.error());
  return trust_.replace(*bytes);
}

void SnapshotWatcher::run() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    wake_.wait_for(lock, poll_, [this] { return stopped_; });
    if (stopped_) return;
    std::error_code ec;
    const auto at = std::filesystem::last_write_time(path_, ec);
    const auto size = ec ? 0 : std::filesystem::file_size(path_, ec);
    const Version found{at, size};
    if (ec || found == taken_) continue;
    lock.unlock();
    if (const auto taken = read_now()) {
      const auto state = trust_.current();
      log_info("snapshot.in_force", {{"sequence", state->sequence()}, {"expires", to_rfc3339(state->expires())}});
      taken_ = found;
    } else {
      if (found != refused_) log_error("snapshot.refused", taken.error(), {{"file", path_.string()}});
      refused_ = found;
    }
    lock.lock();
  }
}

}  // namespace sekisho::node
