#include "node/exchange/quota.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sekisho::node {
namespace {

const Digest kAgreement{1};

TEST(QuotaLedger, DroppedReservationsComeBackAndChargedOnesStay) {
  QuotaLedger ledger;
  {
    auto first = ledger.reserve(kAgreement, 2);
    auto second = ledger.reserve(kAgreement, 2);
    ASSERT_TRUE(first && second);
    const auto third = ledger.reserve(kAgreement, 2);
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, Code::Quota);
    EXPECT_EQ(first->charge(), 1U);
  }
  EXPECT_EQ(ledger.used(kAgreement), 1U);
  EXPECT_TRUE(ledger.reserve(kAgreement, 2));
}

TEST(QuotaLedger, LoadedUsesCount) {
  QuotaLedger ledger;
  ledger.load(kAgreement, 5);
  EXPECT_FALSE(ledger.reserve(kAgreement, 5));
  auto sixth = ledger.reserve(kAgreement, 6);
  ASSERT_TRUE(sixth);
  EXPECT_EQ(sixth->charge(), 6U);
}

TEST(QuotaLedger, RacersNeverExceedTheLimit) {
  QuotaLedger ledger;
  std::atomic<int> granted{0};
  std::vector<std::thread> racers;
  for (int t = 0; t < 4; ++t) {
    racers.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        auto r = ledger.reserve(kAgreement, 100);
        if (r && i % 3 != 0) {
          EXPECT_LE(r->charge(), 100U);
          ++granted;
        }
      }
    });
  }
  for (auto& racer : racers) racer.join();
  EXPECT_EQ(granted.load(), 100);
  EXPECT_EQ(ledger.used(kAgreement), 100U);
}

}  // namespace
}  // namespace sekisho::node
