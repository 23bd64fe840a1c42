// Both nodes are killed at each message of a negotiation and a transfer, before it arrives or before its answer comes back,
// and started again on what was durable: the outboxes finish what was begun.
#include <gtest/gtest.h>

#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::node::testing {
namespace {

struct Cut {
  const char* name;
  const char* message;  // end of the target where the network breaks for good
  bool arrives;         // the receiver still takes the message; only the answer is lost
};

void PrintTo(const Cut& cut, std::ostream* out) { *out << cut.name; }

// No second attempt before the restart: a first message is given up after three.
constexpr std::chrono::hours kNoRepeat{1};

// Breaks at that message, and for everything after it.
void break_at(TwoNodes& nodes, const Cut& cut, std::atomic<bool>& broken) {
  nodes.net.before = [&broken, cut](const std::string&, PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
    if (broken) return fail(Code::Connection, "cut");
    if (!request.target.ends_with(cut.message)) return std::nullopt;
    broken = true;
    if (cut.arrives) return std::nullopt;
    return fail(Code::Connection, "cut");
  };
  nodes.net.back = [&broken](const PeerRequest&, Result<http::ClientResponse>& answer) {
    if (broken) answer = fail(Code::Truncated, "cut");
  };
}

class RestartedNegotiation : public ::testing::TestWithParam<Cut> {};

TEST_P(RestartedNegotiation, IsFinishedByTheOutbox) {
  TwoNodes nodes(kNoRepeat);
  std::atomic<bool> broken{false};
  const Json offer = nodes.offer();
  break_at(nodes, GetParam(), broken);
  (void)nodes.negotiate_offer(offer, std::chrono::milliseconds(1));
  ASSERT_TRUE(eventually([&] { return broken.load(); }));
  nodes.restart();
  EXPECT_TRUE(eventually([&] { return !nodes.trade->agreements.all().empty(); }));
  ASSERT_TRUE(nodes.settle());
  ASSERT_EQ(nodes.farm->agreements.all().size(), 1U);
  EXPECT_EQ(nodes.farm->agreements.all().front()->digest, nodes.trade->agreements.all().front()->digest);
  for (const TestParty* party : {nodes.farm.get(), nodes.trade.get()}) {
    const bool provider = party == nodes.farm.get();  // states it when it agrees and when it finalizes
    EXPECT_EQ(entries_of(*party->journal, pb::AGREEMENT_OUT), provider ? 2U : 1U);
    EXPECT_EQ(entries_of(*party->journal, pb::AGREEMENT_IN), provider ? 1U : 2U);
    bool left = false;
    (void)party->storage->scan(Family::Outbox, {}, {}, [&](BytesView, BytesView) { return !(left = true); });
    EXPECT_FALSE(left) << party->self.dns;
  }
  // What was agreed is usable after one more restart.
  nodes.restart();
  const auto known = nodes.trade->agreements.with("farm.jp.example", kDataset);
  ASSERT_EQ(known.size(), 1U);
  EXPECT_TRUE(nodes.start(known.front()->id));
}

INSTANTIATE_TEST_SUITE_P(All, RestartedNegotiation,
                         ::testing::Values(Cut{"before_request", "negotiations/request", false}, Cut{"after_request", "negotiations/request", true},
                                           Cut{"before_agreement", "/agreement", false}, Cut{"after_agreement", "/agreement", true},
                                           Cut{"before_verification", "/verification", false},
                                           Cut{"after_verification", "/verification", true}, Cut{"before_final", "/events", false},
                                           Cut{"after_final", "/events", true}),
                         [](const auto& p) { return std::string(p.param.name); });

class RestartedTransfer : public ::testing::TestWithParam<Cut> {};

TEST_P(RestartedTransfer, IsFinishedByTheOutbox) {
  TwoNodes nodes(kNoRepeat);
  std::atomic<bool> broken{false};
  const auto agreement = nodes.negotiate();
  ASSERT_TRUE(agreement);
  ASSERT_TRUE(nodes.settle());
  break_at(nodes, GetParam(), broken);
  (void)nodes.start((*agreement)->id, kPurpose, std::chrono::milliseconds(1));
  ASSERT_TRUE(eventually([&] { return broken.load(); }));
  nodes.restart();
  EXPECT_TRUE(eventually([&] { return nodes.trade->transfers.find_usable("farm.jp.example", kDataset, kPurpose) != nullptr; }));
  ASSERT_TRUE(nodes.settle());
  const auto usable = nodes.trade->transfers.find_usable("farm.jp.example", kDataset, kPurpose);
  ASSERT_TRUE(usable);
  const auto serving = nodes.farm->transfers.find(usable->provider_pid);
  ASSERT_TRUE(serving);
  EXPECT_TRUE(serving->serves);
  EXPECT_EQ(serving->state, policy::TransferState::Started);
  EXPECT_EQ(serving->terms, usable->terms);
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::TERMS_OUT), 1U);
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::REQUEST_IN), 1U);
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::TERMS_IN), 1U);
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::REQUEST_OUT), 1U);
}

INSTANTIATE_TEST_SUITE_P(All, RestartedTransfer,
                         ::testing::Values(Cut{"before_request", "transfers/request", false}, Cut{"after_request", "transfers/request", true},
                                           Cut{"before_start", "/start", false}, Cut{"after_start", "/start", true}),
                         [](const auto& p) { return std::string(p.param.name); });

}  // namespace
}  // namespace sekisho::node::testing
