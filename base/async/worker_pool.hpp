// N contexts with one thread each. What is spawned on a worker lives and dies on its thread, so sessions need
// neither strands nor locks.
//
// Order of an end: everything spawned has ended (listener drained, groups waited for) → stop() → destruction.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/async/task.hpp"

namespace sekisho::async {

class WorkerPool {
 public:
  explicit WorkerPool(std::size_t workers);  // threads start at once
  ~WorkerPool();                             // stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  [[nodiscard]] std::size_t size() const { return workers_.size(); }
  [[nodiscard]] Executor executor(std::size_t index) const;
  [[nodiscard]] Executor next();  // round robin; any thread

  // Stops the contexts and joins. Frames that still wait for something are destroyed with their context, in no
  // particular order, which is why everything must have ended before. Not from a worker.
  void stop();

 private:
  struct Worker;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<std::size_t> turn_{0};
  bool stopped_ = false;
};

}  // namespace sekisho::async
