// What the crossings of a node hold of their sources comes out of one budget.
#include "tests/integration/stream_world.hpp"

namespace sekisho::test {
namespace {

class SourceBudget : public StreamWorld {
 protected:
  // One peer may hold half of it: enough for a record, not for a stream.
  void SetUp() override {
    world.farm.settings.limits.source_bytes = 8U << 20;
    world.start();
  }
};

TEST_F(SourceBudget, WhatIsOverItIsAskedToComeAgain) {
  const auto small = world.trade.service("GET", data_target("events"));
  ASSERT_EQ(small.status, 200) << small.body;
  for (int n = 0; n < 3; ++n) {
    const auto large = world.trade.service("GET", data_target("large"));
    EXPECT_EQ(large.status, 503) << large.body;
    EXPECT_EQ(code_in(large), "BUSY") << large.body;
    EXPECT_FALSE(large.headers.get("Retry-After").empty());
  }
  EXPECT_EQ(count(world.farm, "REFUSAL_OUT"), 0U) << "what may be different in a moment is no outcome";
  EXPECT_EQ(count(world.farm, "STREAM_OPEN_OUT"), 0U);
  // What was held for those that were refused is free again.
  EXPECT_EQ(world.trade.service("GET", data_target("events")).status, 200);
}

}  // namespace
}  // namespace sekisho::test
