#include "base/async/deadline.hpp"

#include <gtest/gtest.h>

namespace sekisho::async {
namespace {

using namespace std::chrono_literals;

TEST(Deadline, NeverIsLaterThanEverythingAndNeverExpires) {
  const Deadline never;
  EXPECT_TRUE(never.is_never());
  EXPECT_FALSE(never.expired());
  EXPECT_EQ(never.remaining(), std::chrono::nanoseconds::max());
  EXPECT_EQ(never.earlier(Deadline::in(1h)).is_never(), false);
}

TEST(Deadline, APassedOneHasNothingRemaining) {
  const Deadline passed(std::chrono::steady_clock::now() - 1s);
  EXPECT_TRUE(passed.expired());
  EXPECT_EQ(passed.remaining(), 0ns);
}

TEST(Deadline, AtMostTakesTheEarlier) {
  const Deadline far = Deadline::in(1h);
  EXPECT_LT(far.at_most(1min).at(), far.at());
  EXPECT_EQ(far.at_most(2h).at(), far.at());
}

}  // namespace
}  // namespace sekisho::async
