#include "base/async/event.hpp"

#include <csignal>
#include <memory>

#include "base/async/signals.hpp"
#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/async/watchdog.hpp"
#include "tests/support/co_test.hpp"

namespace sekisho::async {
namespace {

using namespace std::chrono_literals;

Task<void> wait_and_count(Event& event, int& count) {
  co_await event.wait();
  ++count;
}

CO_TEST(Event, WakesAllWaiters) {
  auto executor = co_await current_executor();
  Event event(executor);
  int count = 0;
  for (int i = 0; i < 3; ++i) spawn(executor, wait_and_count(event, count));
  co_await sleep_for(0ns);
  EXPECT_EQ(count, 0);
  event.set();
  while (count < 3) co_await sleep_for(0ns);
  co_await event.wait();  // stays set
}

CO_TEST(Event, WaitUntilTellsWhetherItWasInTime) {
  auto executor = co_await current_executor();
  Event event(executor);
  const bool early = co_await event.wait_until(Deadline::in(1ms));
  EXPECT_FALSE(early);
  event.set();
  const bool set = co_await event.wait_until(Deadline::in(1h));
  EXPECT_TRUE(set);
}

// The owner of an event may end it as soon as its waiter returns, as a listener does that is drained.
Task<void> wait_then_destroy(std::unique_ptr<Event> event, std::shared_ptr<Event*> seen) {
  *seen = event.get();
  co_await event->wait_until(Deadline::in(1ms));
  *seen = nullptr;
}

void set_late(const Executor& executor, std::shared_ptr<Event*> seen, int turns) {
  post(executor, [executor, seen, turns] {
    if (turns > 0) return set_late(executor, seen, turns - 1);
    const auto late = std::chrono::steady_clock::now() + 2ms;
    while (std::chrono::steady_clock::now() < late) {
    }
    if (*seen != nullptr) (*seen)->set();
  });
}

CO_TEST(Event, MayBeDestroyedWhenSetAtItsDeadline) {
  auto executor = co_await current_executor();
  for (int turns = 0; turns < 4; ++turns) {
    auto seen = std::make_shared<Event*>(nullptr);
    spawn(executor, wait_then_destroy(std::make_unique<Event>(executor), seen));
    set_late(executor, seen, turns);
    while (*seen != nullptr) co_await sleep_for(0ns);
    co_await sleep_for(1ms);
  }
}

CO_TEST(Watchdog, FiresOnceWhenLate) {
  auto executor = co_await current_executor();
  Event late(executor);
  const Watchdog dog(executor, Deadline::in(1ms), [&] { late.set(); });
  co_await late.wait();
  EXPECT_TRUE(dog.fired());
}

CO_TEST(Watchdog, IsSilentWhenDestroyedBefore) {
  auto executor = co_await current_executor();
  bool fired = false;
  {
    // Already late, and queued: destruction must still win.
    const Watchdog dog(executor, Deadline(std::chrono::steady_clock::now() - 1s), [&] { fired = true; });
  }
  co_await sleep_for(0ns);
  EXPECT_FALSE(fired);
}

Task<void> close_later(Signals& signals) {
  signals.close();
  co_return;
}

Task<void> throw_at_once() {
  co_await sleep_for(std::chrono::nanoseconds(1));
  throw std::runtime_error("a bug");
}

CO_TEST(Spawn, ExceptionsEndAtTheBoundary) {
  auto executor = co_await current_executor();
  const auto before = escaped_exceptions();
  spawn(executor, throw_at_once(), "test");
  while (escaped_exceptions() == before) co_await sleep_for(0ns);
  EXPECT_EQ(escaped_exceptions(), before + 1);
}

CO_TEST(Signals, ArriveAsValuesUntilClosed) {
  auto executor = co_await current_executor();
  Signals signals(executor, {SIGHUP, SIGUSR1});
  std::raise(SIGHUP);
  const int first = co_await signals.next();
  EXPECT_EQ(first, SIGHUP);
  std::raise(SIGUSR1);
  const int second = co_await signals.next();
  EXPECT_EQ(second, SIGUSR1);
  spawn(executor, close_later(signals));
  const int closed = co_await signals.next();
  EXPECT_EQ(closed, 0);
}

}  // namespace
}  // namespace sekisho::async
