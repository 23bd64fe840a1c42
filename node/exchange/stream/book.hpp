// The streams that this process sends or receives: what cuts them, and how far receipts of the sent came. Thread-safe.
//
// cancel() only marks; the stream's own guard sees the mark within a tenth of a second, lets the sender write the
// sealed end, and resets the connection when that does not happen at once. After cancel_all() every stream that is
// opened is marked too: the process is about to end.
#pragma once

#include <atomic>
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

  bool done = false;  // on the stream's executor only

 private:
  mutable std::mutex mutex_;
  std::optional<std::string> cause_;
  std::atomic<std::uint64_t> receipted_{0};
};

// peer: whose exchange it is; ids are the askers' choice. Of an incoming stream "from " and the provider's DID.
class StreamBook {
 public:
  [[nodiscard]] std::shared_ptr<RunningStream> open(const std::string& peer, const Uuid& exchange);
  void close(const std::string& peer, const Uuid& exchange);
  void receipted(const std::string& peer, const Uuid& exchange, std::uint64_t bytes);
  void cancel_all(const std::string& cause);
  [[nodiscard]] std::size_t running() const;

 private:
  mutable std::mutex mutex_;
  std::optional<std::string> ending_;
  std::map<std::pair<std::string, Uuid>, std::shared_ptr<RunningStream>> running_;
};

}  // namespace sekisho::node
