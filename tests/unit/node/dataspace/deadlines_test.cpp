#include "node/dataspace/deadlines.hpp"

#include <set>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "tests/unit/node/dataspace/hand_pacer.hpp"

namespace sekisho::node::testing {
namespace {

using std::chrono::minutes;

TEST(Patience, EveryOpenStateOfANegotiationHasOne) {
  using S = policy::NegotiationState;
  const Patience patience;
  for (const S state : {S::Requested, S::Offered, S::Accepted, S::Agreed, S::Verified}) {
    EXPECT_TRUE(patience_for(state, patience)) << policy::to_text(state);
  }
  EXPECT_FALSE(patience_for(S::Finalized, patience));
  EXPECT_FALSE(patience_for(S::Terminated, patience));
  EXPECT_GT(patience_for(S::Offered, patience), patience_for(S::Agreed, patience));
}

TEST(Patience, ATransferHasOneUntilItRuns) {
  using S = policy::TransferState;
  const Patience patience;
  EXPECT_TRUE(patience_for(S::Requested, patience));
  for (const S state : {S::Started, S::Suspended, S::Completed, S::Terminated}) EXPECT_FALSE(patience_for(state, patience));
}

class Watch : public ::testing::Test {
 protected:
  Watch() { pacer.drive(clock); }
  ~Watch() override {
    watch.stop();
    pass(std::chrono::hours(100'000));
  }
  void pass(std::chrono::milliseconds span) {
    pacer.advance(span);
    poll();
  }
  void poll() {
    context.restart();
    (void)context.poll();
  }
  async::Task<std::optional<Instant>> due(std::string pid) {
    ended.push_back(pid);
    std::optional<Instant> again;
    if (stubborn.contains(pid)) again = in(minutes(1));
    co_return again;
  }
  Instant in(std::chrono::milliseconds span) const { return clock->now() + span; }

  boost::asio::io_context context;
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(Instant(std::chrono::hours(500'000)));
  HandPacer pacer;
  std::vector<std::string> ended;
  std::set<std::string> stubborn;
  DeadlineWatch watch{context.get_executor(), *clock, pacer, [this](std::string pid) { return due(std::move(pid)); }};
};

TEST_F(Watch, CallsInTheOrderOfTheDeadlines) {
  watch.start();
  watch.set("late", in(minutes(30)));
  watch.set("early", in(minutes(10)));
  watch.set("never", in(minutes(20)));
  watch.set("never", std::nullopt);
  poll();
  pass(minutes(9));
  EXPECT_TRUE(ended.empty());
  pass(minutes(1));
  EXPECT_EQ(ended, std::vector<std::string>{"early"});
  pass(minutes(20));
  EXPECT_EQ(ended, (std::vector<std::string>{"early", "late"}));
  EXPECT_TRUE(pacer.pauses().empty());
}

TEST_F(Watch, AStepMovesTheDeadline) {
  watch.start();
  watch.set("a", in(minutes(10)));
  poll();
  pass(minutes(5));
  watch.set("a", in(minutes(10)));
  pass(minutes(9));
  EXPECT_TRUE(ended.empty());
  pass(minutes(1));
  EXPECT_EQ(ended, std::vector<std::string>{"a"});
}

// After any number of processes that came and went nothing wakes the node.
TEST_F(Watch, SleepsWhileNothingIsOpen) {
  watch.start();
  for (int i = 0; i < 10'000; ++i) {
    const std::string pid = std::to_string(i);
    watch.set(pid, in(std::chrono::hours(24)));
    watch.set(pid, in(std::chrono::hours(4)));
    watch.set(pid, std::nullopt);
    if (i % 100 == 0) pass(std::chrono::seconds(1));
  }
  poll();
  EXPECT_EQ(watch.size(), 0U);
  EXPECT_LE(pacer.pauses().size(), 2U);  // one for each patience, not for each process
  pass(std::chrono::hours(25));
  EXPECT_TRUE(pacer.pauses().empty());
  EXPECT_TRUE(ended.empty());
}

TEST_F(Watch, WhatCouldNotBeEndedIsTriedAgain) {
  watch.start();
  stubborn.insert("a");
  watch.set("a", in(minutes(10)));
  poll();
  pass(minutes(10));
  pass(minutes(1));
  EXPECT_EQ(ended.size(), 2U);
  stubborn.clear();
  pass(minutes(1));
  EXPECT_EQ(ended.size(), 3U);
  pass(std::chrono::hours(1));
  EXPECT_EQ(ended.size(), 3U);
}

TEST_F(Watch, NothingIsDueBeforeTheStartAndALittleAfter) {
  watch.set("down", in(-minutes(60)));
  watch.set("soon", in(minutes(10)));
  poll();
  EXPECT_TRUE(pacer.pauses().empty());
  watch.start();
  poll();
  EXPECT_TRUE(ended.empty());
  pass(minutes(1));
  EXPECT_EQ(ended, std::vector<std::string>{"down"});
  pass(minutes(9));
  EXPECT_EQ(ended, (std::vector<std::string>{"down", "soon"}));
}

TEST_F(Watch, ManyAtOnceAreAllCalled) {
  watch.start();
  for (int i = 0; i < 100; ++i) watch.set(std::to_string(i), in(minutes(10)));
  poll();
  pass(minutes(10));
  EXPECT_EQ(std::set<std::string>(ended.begin(), ended.end()).size(), 100U);
  EXPECT_EQ(ended.size(), 100U);
}

}  // namespace
}  // namespace sekisho::node::testing
