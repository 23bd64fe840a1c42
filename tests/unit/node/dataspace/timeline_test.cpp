#include "node/dataspace/timeline.hpp"

#include <gtest/gtest.h>

namespace sekisho::node {
namespace {

ProcessEvent event(int number) {
  return {Instant(std::chrono::microseconds(number)), ProcessEvent::Source::In, "offer", "OFFERED", number % 2 == 0 ? "" : "CANCELLED"};
}

TEST(Timeline, KeepsTheFirstAndTheNewest) {
  Timeline timeline;
  for (int i = 0; i < 100; ++i) timeline.note(event(i));
  ASSERT_EQ(timeline.events().size(), 32U);
  EXPECT_EQ(timeline.events().front(), event(0));
  EXPECT_EQ(timeline.events()[1], event(69));
  EXPECT_EQ(timeline.events().back(), event(99));
}

TEST(Timeline, IsReadAsItWasWritten) {
  Timeline timeline;
  for (int i = 0; i < 5; ++i) timeline.note(event(i));
  const Result<Timeline> read = Timeline::from_row(timeline.to_row());
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, timeline);
}

TEST(Timeline, ADamagedRowIsRefused) {
  for (const Json& row : {Json(7), Json(JsonArray{1, "in", "offer", "OFFERED"}), Json(JsonArray{"1", "in", "offer", "OFFERED", ""}),
                          Json(JsonArray{1, "across", "offer", "OFFERED", ""}), Json(JsonArray{1, "in", 2, "OFFERED", ""})}) {
    EXPECT_FALSE(Timeline::from_row(JsonArray{row}));
  }
}

}  // namespace
}  // namespace sekisho::node
