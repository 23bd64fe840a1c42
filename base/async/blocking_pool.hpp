// Threads for work that blocks (synced writes, file reads, slow libraries), with a bounded queue before them.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "base/async/bounded_queue.hpp"

namespace sekisho::async {

class BlockingPool {
 public:
  BlockingPool(std::size_t threads, std::size_t queue);
  // Waits for what was accepted.
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // False when the queue is full or the pool stopped; the work is then untouched. Work must not throw.
  [[nodiscard]] bool try_run(std::move_only_function<void()>& work);

  // Refuses new work, finishes the accepted, joins. Idempotent; not from a pool thread.
  void stop();

 private:
  void serve();

  BoundedQueue<std::move_only_function<void()>> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace sekisho::async
