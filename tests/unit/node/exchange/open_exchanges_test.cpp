#include "node/exchange/open_exchanges.hpp"

#include <gtest/gtest.h>

namespace sekisho::node {
namespace {

const Digest kAgreement{7};

Uuid id(std::uint8_t n) {
  Uuid u;
  u.octets[15] = n;
  return u;
}

Instant at(int seconds) { return Instant(std::chrono::seconds(1'000'000 + seconds)); }

TEST(OpenExchanges, RefusesAboveTheCountUntilAReceiptCloses) {
  OpenExchanges open(2, std::chrono::seconds(60));
  open.opened(kAgreement, id(1), at(0));
  EXPECT_TRUE(open.admit(kAgreement, at(1)));
  open.opened(kAgreement, id(2), at(1));
  const auto refused = open.admit(kAgreement, at(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::OpenExchanges);
  EXPECT_TRUE(open.closed(kAgreement, id(1)));
  EXPECT_FALSE(open.closed(kAgreement, id(1)));
  EXPECT_TRUE(open.admit(kAgreement, at(1)));
}

TEST(OpenExchanges, RefusesWhenTheOldestIsTooOld) {
  OpenExchanges open(100, std::chrono::seconds(60));
  open.opened(kAgreement, id(1), at(0));
  open.opened(kAgreement, id(2), at(50));
  EXPECT_TRUE(open.admit(kAgreement, at(60)));
  EXPECT_FALSE(open.admit(kAgreement, at(61)));
  open.closed(kAgreement, id(1));
  EXPECT_TRUE(open.admit(kAgreement, at(61)));
}

TEST(OpenExchanges, AStreamCountsWhileItRunsAtAnyAge) {
  auto open = std::make_unique<OpenExchanges>(2, std::chrono::seconds(60));
  auto first = open->streams(kAgreement);
  EXPECT_TRUE(open->admit(kAgreement, at(100'000)));
  auto second = open->streams(kAgreement);
  EXPECT_EQ(open->open(kAgreement), 2U);
  const auto refused = open->admit(kAgreement, at(0));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::OpenExchanges);
  EXPECT_TRUE(open->admit(Digest{8}, at(0)));
  second.reset();
  EXPECT_TRUE(open->admit(kAgreement, at(0)));
  open.reset();
  first.reset();  // a frame that ends late
}

TEST(OpenExchanges, AgreementsDoNotShare) {
  OpenExchanges open(1, std::chrono::seconds(60));
  open.opened(kAgreement, id(1), at(0));
  EXPECT_TRUE(open.admit(Digest{8}, at(0)));
  EXPECT_EQ(open.open(kAgreement), 1U);
  EXPECT_EQ(open.open(Digest{8}), 0U);
}

}  // namespace
}  // namespace sekisho::node
