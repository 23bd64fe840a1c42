#include "base/async/bounded_queue.hpp"

#include <atomic>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

namespace sekisho::async {
namespace {

TEST(BoundedQueue, RefusesWhenFullAndLeavesTheValue) {
  BoundedQueue<std::unique_ptr<int>> queue(2);
  EXPECT_TRUE(queue.try_push(std::make_unique<int>(1)));
  EXPECT_TRUE(queue.try_push(std::make_unique<int>(2)));
  auto third = std::make_unique<int>(3);
  EXPECT_FALSE(queue.try_push(third));
  ASSERT_NE(third, nullptr);
  auto some = queue.pop_some(1);
  ASSERT_EQ(some.size(), 1U);
  EXPECT_EQ(*some.front(), 1);
  EXPECT_TRUE(queue.try_push(third));
  EXPECT_EQ(third, nullptr);
}

TEST(BoundedQueue, ClosedRefusesProducersAndDrains) {
  BoundedQueue<int> queue(8);
  EXPECT_TRUE(queue.try_push(7));
  queue.close();
  EXPECT_FALSE(queue.try_push(8));
  EXPECT_EQ(queue.pop_some(10), std::vector<int>{7});
  EXPECT_TRUE(queue.pop_some(10).empty());
}

TEST(BoundedQueue, PopForGivesUp) {
  BoundedQueue<int> queue(8);
  EXPECT_TRUE(queue.pop_some_for(1, std::chrono::milliseconds(1)).empty());
}

TEST(BoundedQueue, ManyProducersLoseNothing) {
  constexpr int kProducers = 4;
  constexpr int kEach = 2000;
  BoundedQueue<int> queue(64);
  std::atomic<long> pushed{0};
  std::vector<std::thread> producers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&] {
      for (int i = 1; i <= kEach; ++i) {
        while (!queue.try_push(i)) std::this_thread::yield();
        pushed += i;
      }
    });
  }
  long taken = 0;
  int count = 0;
  while (count < kProducers * kEach) {
    for (const int v : queue.pop_some(16)) {
      taken += v;
      ++count;
    }
  }
  for (auto& p : producers) p.join();
  EXPECT_EQ(taken, pushed.load());
}

}  // namespace
}  // namespace sekisho::async
