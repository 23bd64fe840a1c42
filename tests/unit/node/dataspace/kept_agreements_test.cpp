// Agreements are kept for ever: how many of one peer there may be, and that the last word of the provider comes with
// them.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "node/dataspace/messages.hpp"
#include "tests/unit/node/dataspace/hand_pacer.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::node::testing {
namespace {

TEST(KeptAgreements, OfOnePeerAreLimited) {
  TwoNodes nodes;
  const auto first = nodes.negotiate();
  ASSERT_TRUE(first) << first.error().chain();
  ASSERT_TRUE(nodes.settle());
  const std::size_t most = DataspaceLimits().agreements_per_peer;
  for (std::size_t n = 1; n < most; ++n) {
    auto other = std::make_shared<AgreementRecord>();
    other->id = "urn:agreement:" + std::to_string(n);
    other->digest[0] = static_cast<std::uint8_t>(n);
    other->digest[1] = static_cast<std::uint8_t>(n >> 8U);
    other->digest[2] = static_cast<std::uint8_t>(n >> 16U);
    other->peer_did = nodes.trade->self.did;
    nodes.farm->agreements.insert(std::move(other));
  }
  EXPECT_EQ(nodes.farm->agreements.provided_to(nodes.trade->self.did), most);
  const auto refused = nodes.negotiate();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::AgreementLimit) << refused.error().chain();
  EXPECT_EQ(nodes.farm->negotiations->list(true).size(), 1U);
  nodes.farm->agreements.remove("urn:agreement:1");
  const auto again = nodes.negotiate();
  EXPECT_TRUE(again) << again.error().chain();
}

// The final event never arrives: the provider takes the agreement for final at its deadline, the consumer by asking.
class LostFinal : public ::testing::Test {
 protected:
  LostFinal() {
    farm_pacer.drive(nodes.farm->clock);
    trade_pacer.drive(nodes.trade->clock);
    nodes.net.before = [](const std::string&, PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
      if (request.method == "POST" && request.target.ends_with("/events")) return fail(Code::Truncated, "cut");
      return std::nullopt;
    };
  }
  ~LostFinal() override {
    nodes.pool->stop();  // nothing goes on that waited for time to pass
    farm_pacer.drop();
    trade_pacer.drop();
  }
  void finalized_by_the_provider_alone() {
    const auto pid = async::sync_wait(nodes.trade->negotiations->request("farm.jp.example", kDataset, nodes.offer()));
    ASSERT_TRUE(pid) << pid.error().chain();
    ASSERT_TRUE(eventually([&] { return at_trade() == "VERIFIED"; }));
    ASSERT_TRUE(pass_until(farm_pacer, std::chrono::hours(30), [&] { return at_farm() == "FINALIZED"; }));
  }
  // Time passes for one of them in steps, so that whoever sleeps again is woken, too.
  static bool pass_until(HandPacer& pacer, std::chrono::hours span, const std::function<bool()>& condition) {
    for (std::chrono::hours passed{0}; passed < span && !condition(); ++passed) {
      pacer.advance(std::chrono::hours(1));
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return eventually(condition);
  }
  std::string state(const TestParty& party, const MemoryStorage& storage) const {
    std::string pid;
    (void)storage.scan(Family::Negotiation, {}, {}, [&](BytesView key, BytesView) {
      pid = as_text(key);
      return false;
    });
    return party.negotiations->state(pid);
  }
  std::string at_farm() const { return state(*nodes.farm, *nodes.farm_storage); }
  std::string at_trade() const { return state(*nodes.trade, *nodes.trade_storage); }

  HandPacer farm_pacer;
  HandPacer trade_pacer;
  TwoNodes nodes{std::chrono::milliseconds(1), product_profile(), farm_pacer, trade_pacer};
};

TEST_F(LostFinal, TheStatementComesWithTheAnswerToAQuestion) {
  ASSERT_NO_FATAL_FAILURE(finalized_by_the_provider_alone());
  // A snapshot holds for a day, and the provider's statement is judged by the newest.
  trade_pacer.advance(std::chrono::hours(23));
  sekisho::test::TestZones later = sekisho::test::make_test_zones(kNow);
  sekisho::test::refresh(later, kNow + std::chrono::hours(23));
  ASSERT_TRUE(nodes.trade->trust.replace(later.eu.snapshot));
  ASSERT_TRUE(pass_until(trade_pacer, std::chrono::hours(20), [&] { return at_trade() == "FINALIZED"; }));
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::AGREEMENT_OUT), 2U);
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::AGREEMENT_IN), 2U);
}

TEST_F(LostFinal, AStatementThatDoesNotVerifyMakesNothingFinal) {
  std::atomic<int> altered = 0;
  nodes.net.back = [&](const PeerRequest& request, Result<http::ClientResponse>& answer) {
    if (request.method != "GET" || !answer || answer->body.find("sekishoStatement") == std::string::npos) return;
    Json document = parse_json(answer->body).value();
    document.as_object()["sekishoStatement"] = "AAAA";
    answer->body = to_text(document);
    ++altered;
  };
  ASSERT_NO_FATAL_FAILURE(finalized_by_the_provider_alone());
  ASSERT_TRUE(pass_until(trade_pacer, std::chrono::hours(8 * 24), [&] { return at_trade() == "TERMINATED"; }));
  EXPECT_GE(altered, 1);
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::AGREEMENT_IN), 1U);
  EXPECT_TRUE(nodes.trade->agreements.all().empty());
}

// A provider that shows a statement, and nothing to judge it by, holds no process open for ever.
TEST_F(LostFinal, AStatementThatCannotBeJudgedEndsWithTheDeadline) {
  ASSERT_NO_FATAL_FAILURE(finalized_by_the_provider_alone());
  trade_pacer.advance(std::chrono::hours(25));  // the snapshot is stale and stays so
  ASSERT_TRUE(pass_until(trade_pacer, std::chrono::hours(8 * 24), [&] { return at_trade() == "TERMINATED"; }));
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::AGREEMENT_IN), 1U);
  EXPECT_TRUE(nodes.trade->agreements.all().empty());
}

}  // namespace
}  // namespace sekisho::node::testing
