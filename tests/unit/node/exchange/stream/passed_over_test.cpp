#include "node/exchange/stream/passed_over.hpp"

#include <gtest/gtest.h>

namespace sekisho::node {
namespace {

TEST(PassedOver, OnceForEachReaderAndTime) {
  PassedOver all;
  EXPECT_FALSE(all.take("a", "{}"));
  all.remember("a", "{}");
  EXPECT_FALSE(all.take("b", "{}"));
  EXPECT_FALSE(all.take("a", "{ }"));
  EXPECT_TRUE(all.take("a", "{}"));
  EXPECT_FALSE(all.take("a", "{}"));
}

TEST(PassedOver, TheOldestIsForgottenFirst) {
  PassedOver all;
  for (std::size_t n = 0; n <= PassedOver::kMost; ++n) all.remember("a", std::to_string(n));
  EXPECT_FALSE(all.take("a", "0"));
  EXPECT_TRUE(all.take("a", "1"));
  EXPECT_TRUE(all.take("a", std::to_string(PassedOver::kMost)));
}

}  // namespace
}  // namespace sekisho::node
