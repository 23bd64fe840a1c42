#include "node/exchange/stream/positions.hpp"

#include <gtest/gtest.h>

namespace sekisho::node {
namespace {

TEST(StreamPositions, WhatIsResumedIsWrittenInOneForm) {
  const std::string id = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
  const auto right = parse_resume(id + "#17");
  ASSERT_TRUE(right);
  EXPECT_EQ(resume_text(right->first, right->second), id + "#17");
  const std::string wrong_ones[] = {"",
                                    id,
                                    id + "#",
                                    id + "#-1",
                                    id + "#1x",
                                    id + "# 1",
                                    id + "#99999999999999999999",
                                    id + "#9007199254740992",
                                    "x#1",
                                    id + "##1"};
  for (const std::string& wrong : wrong_ones) {
    EXPECT_FALSE(parse_resume(wrong)) << wrong;
  }
}

TEST(StreamPositions, TheNearestCursorAndWhatLiesBehindIt) {
  std::deque<StreamMark> marks;
  mark(marks, 5, {"a", 0});
  EXPECT_TRUE(marks.empty()) << "a source without cursors";
  marks.push_back({0, {"", 7}});  // resumed: 7 octets are left out
  mark(marks, 0, {"a", 3});       // of the next batch all is left out, and 3 more
  mark(marks, 100, {"b", 0});
  mark(marks, 100, {"c", 0});  // a batch of which nothing passed
  mark(marks, 250, {"", 0});   // a batch without a cursor
  mark(marks, 300, {"d", 0});
  struct Case {
    std::uint64_t at;
    const char* cursor;
    std::uint64_t skip;
  };
  for (const Case c : {Case{0, "a", 3}, Case{99, "a", 102}, Case{100, "c", 0}, Case{299, "c", 199}, Case{300, "d", 0},
                       Case{1000, "d", 700}}) {
    const StreamPoint point = point_at(marks, c.at);
    EXPECT_EQ(point.cursor, c.cursor) << c.at;
    EXPECT_EQ(point.skip, c.skip) << c.at;
  }
}

TEST(StreamPositions, OldPlacesAreForgottenAsNewOnesCome) {
  const StreamPlace place{"did:web:a", Uuid{}, kResumeWindows + 3};
  const auto oldest = forget_oldest_point(place);
  ASSERT_TRUE(oldest);
  StreamPlace third = place;
  third.chunk = 3;
  EXPECT_EQ(oldest->key, resume_point(third, Digest{}, {}).key);
  std::vector<Mutation> all;
  forget_points(place, all);
  EXPECT_EQ(all.size(), kResumeWindows);
  third.chunk = 2;
  EXPECT_FALSE(forget_oldest_point(third));
}

}  // namespace
}  // namespace sekisho::node
