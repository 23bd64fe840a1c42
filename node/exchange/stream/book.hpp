// The streams that this process sends: what cuts them, and how far their receipts came. Thread-safe.
//
// cancel() only marks; the stream's own guard sees the mark within a tenth of a second, lets the sender write the
// sealed end, and resets the connection when that does not happen at once.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/core/uuid.hpp"

namespace sekisho::node {

class RunningStream {
 public:
  // The first cause stands. Any thread.
  void cancel(std::string cause);
  [[nodiscard]] std::optional<std::string> cause() const;
  void receipted(std::uint64_t bytes);
  [[nodiscard]] std::uint64_t receipted() const { return receipted_; }

  // On the stream's executor only.
  std::function<void()> abort;  // empty once the stream is over
  bool done = false;

 private:
  mutable std::mutex mutex_;
  std::optional<std::string> cause_;
  std::atomic<std::uint64_t> receipted_{0};
};

class StreamBook {
 public:
  [[nodiscard]] std::shared_ptr<RunningStream> open(const Uuid& exchange);
  void close(const Uuid& exchange);
  void receipted(const Uuid& exchange, std::uint64_t bytes);
  void cancel_all(const std::string& cause);
  [[nodiscard]] std::size_t running() const;

 private:
  mutable std::mutex mutex_;
  std::map<Uuid, std::shared_ptr<RunningStream>> running_;
};

}  // namespace sekisho::node
