// The writer: one thread that turns what is queued into durable batches (see journal.hpp for the promise).
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "node/journal/batch.hpp"
#include "node/journal/genesis.hpp"
#include "node/journal/queue.hpp"
#include "node/journal/tree.hpp"

namespace sekisho::node {

class Writer {
 public:
  Writer(JournalOptions options, std::string origin, std::shared_ptr<Storage> storage, WriterState state);
  ~Writer();  // stop()

  // Appends the opening unit on the calling thread, then starts the thread, where the options want one.
  [[nodiscard]] Status start(const std::optional<Predecessor>& predecessor);
  void submit(Unit unit, std::move_only_function<void(Result<Committed>)> done);
  void observe(std::function<void(const Head&)> on_durable);
  bool write();
  void stop();

  [[nodiscard]] bool queued() const { return !queue_.empty(); }
  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] const LogTree& tree() const { return tree_; }
  [[nodiscard]] const Storage& storage() const { return *storage_; }
  [[nodiscard]] const std::string& origin() const { return origin_; }

 private:
  void run();
  void commit(std::vector<Pending> pending);
  [[nodiscard]] Batch begin_batch();
  [[nodiscard]] Status append_opening(std::string_view reason, const std::optional<Predecessor>& predecessor);
  void published();
  void fail_stop(const Error& error, std::vector<Pending> pending);
  [[nodiscard]] Status rederive();
  void stop_for_good(const Error& error);

  const JournalOptions options_;
  const std::string origin_;
  const std::shared_ptr<Storage> storage_;
  WriterState state_;
  Counters counters_;
  LogTree tree_;
  CommitQueue queue_;

  std::mutex observer_mutex_;
  std::function<void(const Head&)> observer_;
  std::atomic<bool> stopped_{false};
  std::mutex stop_mutex_;
  std::shared_ptr<const Error> stop_cause_;  // under stop_mutex_
  bool clock_behind_ = false;
  std::thread thread_;
};

}  // namespace sekisho::node
