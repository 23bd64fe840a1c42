#include "base/core/random.hpp"

#include <gtest/gtest.h>

namespace sekisho {
namespace {

TEST(ManualRandom, RepeatsForTheSameSeed) {
  ManualRandom a(7);
  ManualRandom b(7);
  ManualRandom c(8);
  const Bytes first = a.bytes(33);
  EXPECT_EQ(first.size(), 33U);
  EXPECT_EQ(first, b.bytes(33));
  EXPECT_NE(first, c.bytes(33));
  EXPECT_NE(a.digest32(), a.digest32());
}

}  // namespace
}  // namespace sekisho
