#include "base/async/worker_pool.hpp"

#include <algorithm>
#include <optional>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace sekisho::async {

namespace {

// shutdown() destroys what waits in a context and keeps the context itself alive.
struct Context : boost::asio::io_context {
  Context() : boost::asio::io_context(1) {}
  using boost::asio::execution_context::shutdown;
};

// A frame that ends may post to another worker, whose frames then end too; a few rounds leave nothing.
constexpr int kShutdownRounds = 3;

}  // namespace

struct WorkerPool::Worker {
  Context context;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> guard{
      boost::asio::make_work_guard(context)};
  std::thread thread{[this] { context.run(); }};
};

WorkerPool::WorkerPool(std::size_t workers) {
  for (std::size_t i = 0; i < std::max<std::size_t>(workers, 1); ++i) workers_.push_back(std::make_unique<Worker>());
}

// Suspended frames end while all contexts are alive: the destructor of one may post to any of them.
WorkerPool::~WorkerPool() {
  stop();
  for (int round = 0; round < kShutdownRounds; ++round) {
    for (auto& worker : workers_) worker->context.shutdown();
  }
}

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
