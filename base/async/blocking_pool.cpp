#include "base/async/blocking_pool.hpp"

#include <algorithm>

namespace sekisho::async {

BlockingPool::BlockingPool(std::size_t threads, std::size_t queue) : queue_(queue) {
  for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) threads_.emplace_back([this] { serve(); });
}

BlockingPool::~BlockingPool() { stop(); }

bool BlockingPool::try_run(std::move_only_function<void()>& work) { return queue_.try_push(work); }

void BlockingPool::stop() {
  queue_.close();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void BlockingPool::serve() {
  for (;;) {
    auto work = queue_.pop_some(1);
    if (work.empty()) return;
    work.front()();
  }
}

}  // namespace sekisho::async
