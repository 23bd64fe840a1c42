#include <atomic>
#include <set>
#include <thread>

#include "base/async/blocking_pool.hpp"
#include "base/async/run_blocking.hpp"
#include "base/async/spawn.hpp"
#include "base/async/worker_pool.hpp"
#include "tests/support/co_test.hpp"

namespace sekisho::async {
namespace {

Result<int> twice(int v) { return 2 * v; }

CO_TEST(RunBlocking, ComesBackWithTheResult) {
  BlockingPool pool(2, 16);
  const auto own = std::this_thread::get_id();
  for (int i = 0; i < 100; ++i) {
    auto got = co_await run_blocking(pool, [i] { return twice(i); });
    CO_ASSERT(got.has_value());
    EXPECT_EQ(*got, 2 * i);
    EXPECT_EQ(std::this_thread::get_id(), own);
  }
}

CO_TEST(RunBlocking, AFullPoolAnswersBusy) {
  BlockingPool pool(1, 1);
  std::atomic<bool> go{false};
  std::atomic<bool> started{false};
  const auto hold = [&]() -> Result<int> {
    started = true;
    while (!go) std::this_thread::yield();
    return 1;
  };
  auto running = run_blocking(pool, hold);
  while (!started) std::this_thread::yield();
  auto queued = run_blocking(pool, [] { return twice(2); });
  auto refused = co_await run_blocking(pool, [] { return twice(3); });
  EXPECT_FALSE(refused.has_value());
  if (!refused) {
    EXPECT_EQ(refused.error().code, Code::Busy);
  }
  go = true;
  auto first = co_await std::move(running);
  EXPECT_EQ(*first, 1);
  auto second = co_await std::move(queued);
  EXPECT_EQ(*second, 4);
}

CO_TEST(RunBlocking, ThrowsWhatTheWorkThrew) {
  BlockingPool pool(1, 4);
  bool caught = false;
  try {
    auto got = co_await run_blocking(pool, []() -> Result<int> { throw std::runtime_error("bug"); });
    (void)got;
  } catch (const std::runtime_error&) {
    caught = true;
  }
  EXPECT_TRUE(caught);
}

Task<void> note_thread(std::mutex& mutex, std::set<std::thread::id>& seen, std::atomic<int>& done) {
  {
    const std::lock_guard lock(mutex);
    seen.insert(std::this_thread::get_id());
  }
  ++done;
  co_return;
}

TEST(WorkerPool, GoesRoundAllWorkers) {
  WorkerPool pool(3);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  std::atomic<int> done{0};
  for (int i = 0; i < 30; ++i) spawn(pool.next(), note_thread(mutex, seen, done));
  while (done < 30) std::this_thread::yield();
  EXPECT_EQ(seen.size(), 3U);
  pool.stop();
}

TEST(BlockingPool, StopFinishesWhatWasAccepted) {
  std::atomic<int> done{0};
  BlockingPool pool(1, 100);
  for (int i = 0; i < 50; ++i) {
    std::move_only_function<void()> work = [&done] { ++done; };
    EXPECT_TRUE(pool.try_run(work));
  }
  pool.stop();
  EXPECT_EQ(done, 50);
  std::move_only_function<void()> late = [&done] { ++done; };
  EXPECT_FALSE(pool.try_run(late));
}

}  // namespace
}  // namespace sekisho::async
