#include "node/exchange/push/rounds.hpp"

#include <gtest/gtest.h>

namespace sekisho::node {
namespace {

using std::chrono::milliseconds;

// How many such exchanges there are, at most `most`.
unsigned rounds_of(PushRounds rounds, const BrokenRound& each, unsigned most) {
  unsigned n = 0;
  while (n < most && !rounds.exhausted()) {
    rounds.ended(each);
    ++n;
  }
  return n;
}

TEST(PushRounds, WhatNeverMovesIsGivenUp) { EXPECT_EQ(rounds_of(PushRounds(), {}, 100), 5U); }

// The first gets further than nothing, the five behind it no further than the first.
TEST(PushRounds, ASourceThatBreaksAtOnePlaceIsGivenUp) {
  EXPECT_EQ(rounds_of(PushRounds(), {.bytes = 1U << 20}, 100), 6U);
}

TEST(PushRounds, WhatGoesOnBehindTheLastPartIsProgress) {
  EXPECT_EQ(rounds_of(PushRounds(), {.bytes = 1, .resumed = true}, 100), 100U);
  EXPECT_EQ(rounds_of(PushRounds(), {.bytes = 1, .live = true}, 100), 100U);
}

TEST(PushRounds, ASourceThatGetsALittleFurtherEachTimeIsGivenUpToo) {
  PushRounds rounds;
  unsigned n = 0;
  for (; n < 100 && !rounds.exhausted(); ++n) rounds.ended({.bytes = n + 1});
  EXPECT_EQ(n, 18U) << "the first, and seventeen that sent it again";
}

TEST(PushRounds, ABeginningAfterAResumptionMustGetFurtherThanBoth) {
  PushRounds rounds({.fruitless = 1});
  rounds.ended({.bytes = 10});
  rounds.ended({.bytes = 10, .resumed = true});
  EXPECT_FALSE(rounds.exhausted());
  rounds.ended({.bytes = 20});
  EXPECT_TRUE(rounds.exhausted());
}

TEST(PushRounds, AnExchangeThatMovedNothingLeavesThePlace) {
  PushRounds rounds({.fruitless = 2});
  rounds.ended({.bytes = 10});
  rounds.ended({});
  rounds.ended({.bytes = 1, .resumed = true});
  rounds.ended({});
  EXPECT_FALSE(rounds.exhausted());
}

TEST(PushRounds, PausesGrowToABound) {
  PushRounds rounds({.pause = milliseconds(10), .longest_pause = milliseconds(50)});
  EXPECT_EQ(rounds.pause(), milliseconds(10));
  rounds.ended({});
  EXPECT_EQ(rounds.pause(), milliseconds(20));
  for (int n = 0; n < 100; ++n) rounds.ended({});
  EXPECT_EQ(rounds.pause(), milliseconds(50));
  PushRounds progress({.pause = milliseconds(10)});
  progress.ended({});
  progress.ended({.bytes = 1});
  EXPECT_EQ(progress.pause(), milliseconds(10));
}

}  // namespace
}  // namespace sekisho::node
