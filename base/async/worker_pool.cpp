#include "base/async/worker_pool.hpp"

#include <algorithm>
#include <optional>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace sekisho::async {

struct WorkerPool::Worker {
  boost::asio::io_context context{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> guard{
      boost::asio::make_work_guard(context)};
  std::thread thread{[this] { context.run(); }};
};

WorkerPool::WorkerPool(std::size_t workers) {
  for (std::size_t i = 0; i < std::max<std::size_t>(workers, 1); ++i) workers_.push_back(std::make_unique<Worker>());
}

WorkerPool::~WorkerPool() { stop(); }

Executor WorkerPool::executor(std::size_t index) const { return workers_.at(index)->context.get_executor(); }

Executor WorkerPool::next() { return executor(turn_.fetch_add(1, std::memory_order_relaxed) % workers_.size()); }

void WorkerPool::stop() {
  if (stopped_) return;
  stopped_ = true;
  for (auto& worker : workers_) {
    worker->guard.reset();
    worker->context.stop();
  }
  for (auto& worker : workers_) worker->thread.join();
}

}  // namespace sekisho::async
