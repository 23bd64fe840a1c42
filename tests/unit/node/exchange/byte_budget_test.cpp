#include "node/exchange/byte_budget.hpp"

#include <gtest/gtest.h>

namespace sekisho::node {
namespace {

TEST(ByteBudget, IsTakenAndGivenBack) {
  ByteBudget budget(100);
  {
    const auto first = budget.take("did:web:a", 40);
    const auto second = budget.take("did:web:b", 50);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(budget.held(), 90U);
    const auto third = budget.take("did:web:c", 11);
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, Code::Busy);
    ASSERT_EQ(third.error().help.size(), 2U);
    EXPECT_EQ(third.error().help[0].second, "limits.source_bytes");
    EXPECT_EQ(third.error().help[1].first, "retry_after_s");
    EXPECT_TRUE(budget.take("did:web:c", 10));
    EXPECT_EQ(budget.held(), 90U) << "a share that was not kept is back";
  }
  EXPECT_EQ(budget.held(), 0U);
}

TEST(ByteBudget, OnePeerHasAtMostHalf) {
  ByteBudget budget(100);
  const auto first = budget.take("did:web:a", 30);
  ASSERT_TRUE(first);
  EXPECT_FALSE(budget.take("did:web:a", 21));
  const auto rest = budget.take("did:web:a", 20);
  EXPECT_TRUE(rest);
  EXPECT_TRUE(budget.take("did:web:b", 50));
}

TEST(ByteBudget, AShareGrowsOnlyIntoWhatIsFree) {
  ByteBudget budget(100);
  const auto share = budget.take("did:web:a", 10);
  ASSERT_TRUE(share);
  EXPECT_TRUE((*share)->resize(50));
  EXPECT_FALSE((*share)->resize(51));
  EXPECT_EQ(budget.held(), 50U) << "what did not fit changed nothing";
  EXPECT_TRUE((*share)->resize(5));
  EXPECT_EQ(budget.held(), 5U);
  EXPECT_TRUE(budget.take("did:web:a", 45));
}

}  // namespace
}  // namespace sekisho::node
