#include "node/journal/queue.hpp"

#include <algorithm>

namespace sekisho::node {

CommitQueue::Push CommitQueue::push(Pending& pending) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Push::Closed;
    if (items_.size() >= most_units_ || bytes_ + pending.bytes > most_bytes_) return Push::Full;
    was_empty = items_.empty();
    bytes_ += pending.bytes;
    items_.push_back(std::move(pending));
  }
  if (was_empty) filled_.notify_one();
  return Push::Accepted;
}

Pending CommitQueue::pop() {
  Pending front = std::move(items_.front());
  items_.pop_front();
  bytes_ -= front.bytes;
  return front;
}

std::vector<Pending> CommitQueue::take(std::size_t most_entries, std::size_t most_bytes) {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [this] { return closed_ || !items_.empty(); });
  std::vector<Pending> out;
  std::size_t entries = 0;
  std::size_t bytes = 0;
  while (!items_.empty()) {
    const Pending& next = items_.front();
    // A unit without entries counts as one, so that a batch stays bounded.
    const std::size_t more = std::max<std::size_t>(1, next.unit.entries.size());
    if (!out.empty() && (entries + more > most_entries || bytes + next.bytes > most_bytes)) break;
    entries += more;
    bytes += next.bytes;
    out.push_back(pop());
  }
  return out;
}

bool CommitQueue::empty() const {
  const std::lock_guard lock(mutex_);
  return items_.empty();
}

std::vector<Pending> CommitQueue::take_all() {
  const std::lock_guard lock(mutex_);
  std::vector<Pending> out;
  while (!items_.empty()) out.push_back(pop());
  return out;
}

void CommitQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  filled_.notify_all();
}

}  // namespace sekisho::node
