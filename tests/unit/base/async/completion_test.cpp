#include "base/async/completion.hpp"

#include <memory>
#include <thread>

#include "base/async/sync_wait.hpp"
#include "base/async/timer.hpp"
#include "tests/support/co_test.hpp"

namespace sekisho::async {
namespace {

using namespace std::chrono_literals;

CO_TEST(Completion, ValueSetBeforeTheWait) {
  Completion<std::unique_ptr<int>> answer;
  EXPECT_TRUE(answer.set(std::make_unique<int>(5)));
  auto value = co_await answer.wait();
  CO_ASSERT(value != nullptr);
  EXPECT_EQ(*value, 5);
}

CO_TEST(Completion, TheFirstSetWins) {
  Completion<int> answer;
  EXPECT_TRUE(answer.set(1));
  EXPECT_FALSE(answer.set(2));
  EXPECT_EQ(co_await answer.wait(), 1);
}

CO_TEST(Completion, AnotherThreadCompletesAndTheWaiterResumesOnItsOwn) {
  const auto own = std::this_thread::get_id();
  for (int i = 0; i < 200; ++i) {
    Completion<int> answer;
    std::thread other([answer, i]() mutable { answer.set(i); });
    const int got = co_await answer.wait();
    EXPECT_EQ(got, i);
    EXPECT_EQ(std::this_thread::get_id(), own);
    other.join();
  }
}

CO_TEST(Completion, WaitUntilGivesUpAndDropsTheLateValue) {
  Completion<int> answer;
  auto got = co_await answer.wait_until(Deadline::in(1ms));
  EXPECT_FALSE(got.has_value());
  EXPECT_FALSE(answer.set(3));
}

CO_TEST(Completion, WaitUntilTakesTheValueInTime) {
  Completion<int> answer;
  std::thread other([answer]() mutable { answer.set(9); });
  auto got = co_await answer.wait_until(Deadline::in(10s));
  other.join();
  EXPECT_EQ(got, 9);
}

Task<int> answered(Completion<int> answer) { co_return co_await answer.wait(); }

TEST(Completion, KeepsAPrivateContextAliveWhileAnotherThreadWorks) {
  Completion<int> answer;
  std::thread other([answer]() mutable {
    std::this_thread::yield();
    answer.set(4);
  });
  EXPECT_EQ(sync_wait(answered(answer)), 4);
  other.join();
}

Task<int> thrower() {
  co_await sleep_for(std::chrono::nanoseconds(1));
  throw std::runtime_error("as expected");
}

TEST(SyncWait, PassesExceptionsOn) { EXPECT_THROW(sync_wait(thrower()), std::runtime_error); }

}  // namespace
}  // namespace sekisho::async
