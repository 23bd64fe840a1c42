// What waits for the writer: bounded by units and octets, never growing beyond, refusing instead. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "node/journal/unit.hpp"

namespace sekisho::node {

struct Pending {
  Unit unit;
  std::size_t bytes = 0;
  std::move_only_function<void(Result<Committed>)> done;
};

class CommitQueue {
 public:
  CommitQueue(std::size_t units, std::size_t bytes) : most_units_(units), most_bytes_(bytes) {}

  enum class Push { Accepted, Full, Closed };
  // `pending` is moved from only when accepted.
  [[nodiscard]] Push push(Pending& pending);

  // Waits, then takes what is there, in order, up to the limits of one batch; at least one unit. Empty: closed.
  [[nodiscard]] std::vector<Pending> take(std::size_t most_entries, std::size_t most_bytes);
  [[nodiscard]] bool empty() const;
  // Everything, without waiting.
  [[nodiscard]] std::vector<Pending> take_all();
  void close();

 private:
  Pending pop();

  const std::size_t most_units_;
  const std::size_t most_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Pending> items_;
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

}  // namespace sekisho::node
