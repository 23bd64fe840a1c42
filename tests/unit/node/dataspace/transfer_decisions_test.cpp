// What either side decides about a transfer is an entry of both logs, and a peer may cause only so many.
#include <gtest/gtest.h>

#include "node/dataspace/denial_limit.hpp"
#include "node/dataspace/messages.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::node::testing {
namespace {

using Lines = std::vector<std::string>;

class TransferDecidedBy : public ::testing::TestWithParam<Role> {
 protected:
  void SetUp() override {
    const auto made = nodes.negotiate();
    ASSERT_TRUE(made) << made.error().chain();
    ASSERT_TRUE(nodes.settle());
    const auto started = nodes.start((*made)->id);
    ASSERT_TRUE(started) << started.error().chain();
    ASSERT_TRUE(nodes.settle());
    transfer = *started;
  }
  TwoNodes nodes;
  std::shared_ptr<const TransferRecord> transfer;
};

TEST_P(TransferDecidedBy, EitherSideIsOnRecordAtBoth) {
  const bool provider = GetParam() == Role::Provider;
  TestParty& own = provider ? *nodes.farm : *nodes.trade;
  TestParty& other = provider ? *nodes.trade : *nodes.farm;
  const std::string pid = provider ? transfer->provider_pid : transfer->consumer_pid;
  EXPECT_EQ(decisions(*own.journal, pb::GOVERNANCE, "transfer"), Lines{});
  ASSERT_TRUE(async::sync_wait(own.transfer_service->suspend(pid, Code::TransferNotStarted)));
  ASSERT_TRUE(nodes.settle());
  ASSERT_TRUE(async::sync_wait(own.transfer_service->resume(pid)));
  ASSERT_TRUE(nodes.settle());
  ASSERT_TRUE(async::sync_wait(own.transfer_service->terminate(pid, Code::Cancelled)));
  ASSERT_TRUE(nodes.settle());
  const std::string by = provider ? "provider" : "consumer";
  const Lines said{"suspend " + by, "resume " + by, "terminate " + by + " CANCELLED"};
  EXPECT_EQ(decisions(*own.journal, pb::GOVERNANCE, "transfer"), said);
  EXPECT_EQ(decisions(*other.journal, pb::OBSERVED, "transfer"), said);
  EXPECT_EQ(decisions(*other.journal, pb::GOVERNANCE, "transfer"), Lines{});
}

INSTANTIATE_TEST_SUITE_P(Sides, TransferDecidedBy, ::testing::Values(Role::Provider, Role::Consumer),
                         [](const auto& side) { return side.param == Role::Provider ? "provider" : "consumer"; });

using TransferPauses = TransferDecidedBy;

TEST_P(TransferPauses, AreLimitedBecauseEachIsKept) {
  const ProcessIds ids{transfer->provider_pid, transfer->consumer_pid};
  const std::string start = to_body(TransferStartMessage{ids, std::nullopt, std::nullopt});
  std::string pause;
  unsigned taken = 0;
  for (; taken <= DenialLimit::kInAMinute; ++taken) {
    const bool suspends = taken % 2 == 0;
    if (suspends) pause = to_body(EndMessage{ids, std::to_string(taken), {}}, "TransferSuspensionMessage");
    const TransferRoute route = suspends ? TransferRoute::Suspension : TransferRoute::Start;
    const int status = nodes.to_farm(route, transfer->provider_pid, suspends ? pause : start).status;
    EXPECT_EQ(status, taken < DenialLimit::kInAMinute ? 200 : 429) << taken;
  }
  EXPECT_EQ(decisions(*nodes.farm->journal, pb::OBSERVED, "transfer").size(), DenialLimit::kInAMinute);
  nodes.farm->clock->advance(std::chrono::minutes(1));
  EXPECT_EQ(nodes.to_farm(TransferRoute::Suspension, transfer->provider_pid, pause).status, 200);
}

INSTANTIATE_TEST_SUITE_P(OfAConsumer, TransferPauses, ::testing::Values(Role::Consumer));

}  // namespace
}  // namespace sekisho::node::testing
