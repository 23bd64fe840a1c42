// A release that got lost may be asked for again, and counts once; whoever had it asks under a new count.
#include "tests/integration/exchange/raw_peer.hpp"

namespace sekisho::test {
namespace {

// The offer permits two uses; open() takes the first.
class Retries : public RawPeer {
 protected:
  void SetUp() override {
    RawPeer::SetUp();
    open("twice");
  }
};

TEST_F(Retries, ALostReleaseCountsOnceAndAtMostThreeTimes) {
  const trust::Statement lost = statement_of(pull());
  const std::string exchange = to_text(*lost.exchange());
  EXPECT_NE(post(receipt(lost, "lost", std::nullopt)).find("\"logged\""), std::string::npos);
  EXPECT_EQ(code_in(pull()), "QUOTA") << "the quota is spent";
  for (int n = 0; n < 3; ++n) {
    const auto again = pull(exchange);
    ASSERT_EQ(again.status, 200) << n << again.body;
    const trust::Statement release = statement_of(again);
    EXPECT_EQ(release.text("retryOf").value_or(""), exchange);
    // Of a repetition there is no repetition.
    EXPECT_EQ(code_in(pull(to_text(*release.exchange()))), "QUOTA");
  }
  EXPECT_EQ(code_in(pull(exchange)), "QUOTA");
}

TEST_F(Retries, WhatWasConfirmedCountsAgain) {
  const trust::Statement had = statement_of(pull());
  ASSERT_EQ(had.subject.size(), 1U);
  EXPECT_NE(post(receipt(had, "verified", had.subject[0].commitment)).find("\"logged\""), std::string::npos);
  EXPECT_EQ(code_in(pull(to_text(*had.exchange()))), "QUOTA");
}

TEST_F(Retries, WhatIsNoReleaseOfThisPeerCountsLikeAnyOther) {
  const auto first = pull("01931f3a-7c00-7000-8000-000000000001");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_FALSE(statement_of(first).text("retryOf"));
  EXPECT_EQ(code_in(pull("01931f3a-7c00-7000-8000-000000000001")), "QUOTA");
  EXPECT_EQ(code_in(pull("nonsense")), "INVALID_ARGUMENT");
}

}  // namespace
}  // namespace sekisho::test
