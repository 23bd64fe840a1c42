#include "base/async/task_group.hpp"

#include "base/async/timer.hpp"
#include "tests/support/co_test.hpp"

namespace sekisho::async {
namespace {

using namespace std::chrono_literals;

Task<void> wait_for(Event& event, int& ended) {
  struct Count {
    int& n;
    ~Count() { ++n; }
  };
  const Count count{ended};
  co_await event.wait();
}

CO_TEST(TaskGroup, LimitsAndWaits) {
  auto executor = co_await current_executor();
  Event go(executor);
  int ended = 0;
  TaskGroup group(executor, 2);
  EXPECT_TRUE(group.spawn(wait_for(go, ended)));
  EXPECT_TRUE(group.spawn(wait_for(go, ended)));
  EXPECT_FALSE(group.spawn(wait_for(go, ended)));
  EXPECT_EQ(group.size(), 2U);
  go.set();
  const bool all = co_await group.wait(Deadline::in(10s));
  EXPECT_TRUE(all);
  EXPECT_EQ(ended, 2);
}

CO_TEST(TaskGroup, CancelEndsWhatWaits) {
  auto executor = co_await current_executor();
  Event never(executor);
  int ended = 0;
  TaskGroup group(executor, 8);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(group.spawn(wait_for(never, ended)));
  co_await sleep_for(0ns);
  group.close();
  group.cancel();
  const bool all = co_await group.wait(Deadline::in(10s));
  EXPECT_TRUE(all);
  EXPECT_EQ(ended, 5);
  EXPECT_FALSE(group.spawn(wait_for(never, ended)));
}

CO_TEST(TaskGroup, WaitGivesUpAtItsDeadline) {
  auto executor = co_await current_executor();
  Event go(executor);
  int ended = 0;
  TaskGroup group(executor, 1);
  EXPECT_TRUE(group.spawn(wait_for(go, ended)));
  const bool early = co_await group.wait(Deadline::in(1ms));
  EXPECT_FALSE(early);
  go.set();
  const bool all = co_await group.wait(Deadline::in(10s));
  EXPECT_TRUE(all);
}

}  // namespace
}  // namespace sekisho::async
