#include "base/http/resolver.hpp"

#include <future>

#include "base/async/spawn.hpp"
#include "base/async/sync_wait.hpp"
#include "base/async/timer.hpp"
#include "base/async/with_stop.hpp"
#include "tests/support/co_test.hpp"

namespace sekisho::http {
namespace {

using namespace std::chrono_literals;

// A name service that does not answer for "slow" until it is told to, however long anybody waits.
struct HangingService {
  std::promise<void> told;
  std::shared_future<void> release = told.get_future().share();
  std::shared_ptr<std::atomic<std::size_t>> asked = std::make_shared<std::atomic<std::size_t>>(0);

  Resolver::LookUp look_up() {
    return [hold = release, count = asked](const std::string& name) -> Resolver::Addresses {
      ++*count;
      if (name.starts_with("slow")) hold.wait();
      return std::vector<std::string>{"192.0.2.1"};
    };
  }
  ~HangingService() { told.set_value(); }
};

async::Task<void> ask(std::shared_ptr<Resolver> resolver, std::string name, std::vector<Resolver::Addresses>& out) {
  auto addresses = co_await resolver->resolve(name, async::Deadline::in(60s));
  out.push_back(std::move(addresses));
}

CO_TEST(Resolver, ANameThatHangsHoldsUpNoOther) {
  auto executor = co_await async::current_executor();
  HangingService service;
  auto resolver = std::make_shared<Resolver>(service.look_up());
  std::vector<Resolver::Addresses> slow;
  async::spawn(executor, ask(resolver, "slow.trade.eu.example", slow));
  for (int n = 0; n < 3; ++n) {
    const std::string name = "in" + std::to_string(n) + ".trade.eu.example";
    auto found = co_await resolver->resolve(name, async::Deadline::in(60s));
    CO_ASSERT(found.has_value());
    EXPECT_EQ(*found, std::vector<std::string>{"192.0.2.1"});
  }
  EXPECT_TRUE(slow.empty());
  resolver->stop();
  while (slow.empty()) co_await async::sleep_for(1ms);
  EXPECT_EQ(slow.front().error().code, Code::Cancelled);
}

CO_TEST(Resolver, WhoAsksWaitsNoLongerThanTheDeadline) {
  HangingService service;
  auto resolver = std::make_shared<Resolver>(service.look_up());
  auto late = co_await resolver->resolve("slow", async::Deadline::in(20ms));
  CO_ASSERT(!late.has_value());
  EXPECT_EQ(late.error().code, Code::Deadline);
}

CO_TEST(Resolver, WhoIsStoppedWaitsNoLonger) {
  HangingService service;
  auto resolver = std::make_shared<Resolver>(service.look_up());
  const std::atomic<bool> stop{true};
  auto asking = resolver->resolve("slow", async::Deadline::never());
  auto stopped = co_await async::with_stop(stop, std::move(asking), "a question");
  EXPECT_FALSE(stopped.has_value());
}

CO_TEST(Resolver, EqualQuestionsShareOneLookUp) {
  auto executor = co_await async::current_executor();
  HangingService service;
  auto resolver = std::make_shared<Resolver>(service.look_up());
  std::vector<Resolver::Addresses> found;
  for (int n = 0; n < 3; ++n) async::spawn(executor, ask(resolver, "slow", found));
  co_await async::sleep_for(1ms);
  service.told.set_value();
  while (found.size() < 3) co_await async::sleep_for(1ms);
  for (const auto& one : found) EXPECT_TRUE(one.has_value());
  EXPECT_EQ(*service.asked, 1U);
  service.told = {};
  // Not kept: the next one asks again.
  auto again = co_await resolver->resolve("slow", async::Deadline::in(60s));
  EXPECT_TRUE(again.has_value());
  EXPECT_EQ(*service.asked, 2U);
}

CO_TEST(Resolver, OnlySoManyNamesAreLookedUpAtOnce) {
  auto executor = co_await async::current_executor();
  HangingService service;
  auto resolver = std::make_shared<Resolver>(service.look_up());
  std::vector<Resolver::Addresses> slow;
  for (std::size_t n = 0; n < Resolver::kMostNames; ++n)
    async::spawn(executor, ask(resolver, "slow" + std::to_string(n), slow));
  co_await async::sleep_for(1ms);
  auto one_more = co_await resolver->resolve("fast", async::Deadline::in(60s));
  CO_ASSERT(!one_more.has_value());
  EXPECT_EQ(one_more.error().code, Code::Busy);
  resolver->stop();
  while (slow.size() < Resolver::kMostNames) co_await async::sleep_for(1ms);
}

CO_TEST(Resolver, OnlySoManyWaitForOneName) {
  auto executor = co_await async::current_executor();
  HangingService service;
  auto resolver = std::make_shared<Resolver>(service.look_up());
  std::vector<Resolver::Addresses> slow;
  for (std::size_t n = 0; n < Resolver::kMostQuestions; ++n) async::spawn(executor, ask(resolver, "slow", slow));
  co_await async::sleep_for(1ms);
  auto one_more = co_await resolver->resolve("slow", async::Deadline::in(60s));
  CO_ASSERT(!one_more.has_value());
  EXPECT_EQ(one_more.error().code, Code::Busy);
  resolver->stop();
  while (slow.size() < Resolver::kMostQuestions) co_await async::sleep_for(1ms);
}

CO_TEST(Resolver, ALiteralIsItsOwnAnswer) {
  HangingService service;
  auto resolver = std::make_shared<Resolver>(service.look_up());
  for (const char* literal : {"192.0.2.7", "2001:db8::7"}) {
    auto found = co_await resolver->resolve(literal, async::Deadline::in(60s));
    CO_ASSERT(found.has_value());
    EXPECT_EQ(*found, std::vector<std::string>{literal});
  }
  EXPECT_EQ(*service.asked, 0U);
}

CO_TEST(Resolver, NobodyIsAnsweredAfterItsEnd) {
  HangingService service;
  auto resolver = std::make_shared<Resolver>(service.look_up());
  resolver->stop();
  auto refused = co_await resolver->resolve("fast", async::Deadline::in(60s));
  CO_ASSERT(!refused.has_value());
  EXPECT_EQ(refused.error().code, Code::Cancelled);
}

TEST(Resolver, TheSystemKnowsLocalhostAndNotEverything) {
  const auto known = Resolver::system_look_up("localhost");
  ASSERT_TRUE(known) << known.error().chain();
  EXPECT_FALSE(known->empty());
  const auto unknown = Resolver::system_look_up("in.trade.eu.invalid");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::Connection);
}

// What still asks when everybody is gone uses nothing that is gone.
TEST(Resolver, EndsWhileANameServiceIsSilent) {
  HangingService service;
  {
    auto resolver = std::make_shared<Resolver>(service.look_up());
    const auto late = async::sync_wait(resolver->resolve("slow", async::Deadline::in(5ms)));
    EXPECT_FALSE(late);
  }
}

}  // namespace
}  // namespace sekisho::http
