// What the simulation found, each as short as it can be said.
#include <gtest/gtest.h>

#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::simulation {
namespace {

using namespace node::testing;  // NOLINT: the kit of these tests
using node::NegotiationRoute;
using node::TransferRoute;

// The consumer may have the final event and use the agreement: nothing that the provider's operator does takes it back.
TEST(Regression, AFinalEventOnItsWayIsNotTakenBack) {
  TwoNodes nodes;
  std::atomic<bool> lost{true};
  nodes.net.back = [&lost](const node::PeerRequest& request, Result<http::ClientResponse>& answer) {
    const bool asked = request.method == "GET" && request.target.find("/negotiations/") != std::string::npos;
    if (lost && (asked || request.target.ends_with("/events"))) answer = fail(Code::Truncated, "cut");
  };
  const auto agreement = nodes.negotiate();
  ASSERT_TRUE(agreement);
  std::string pid;
  (void)nodes.farm->storage->scan(node::Family::Negotiation, {}, {}, [&pid](BytesView key, BytesView) {
    pid = std::string(as_text(key));
    return false;
  });
  ASSERT_EQ(nodes.farm->negotiations->state(pid), "VERIFIED");
  const Status ended = async::sync_wait(nodes.farm->negotiations->terminate(pid, Code::Cancelled));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::StateTransition);
  lost = false;
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.farm->negotiations->state(pid), "FINALIZED");
  EXPECT_TRUE(nodes.farm->agreements.find((*agreement)->id));
}

// A provider that died before it saw the acknowledgement sends its start again; the consumer may have suspended the
// transfer or be through by then.
TEST(Regression, AStartOverAgainIsKnownInEveryState) {
  TwoNodes nodes;
  std::string start;
  nodes.net.before = [&start](const std::string& from,
                              node::PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
    if (from == "farm.jp.example" && request.target.ends_with("/start")) start = request.body;
    return std::nullopt;
  };
  const auto agreement = nodes.negotiate();
  ASSERT_TRUE(agreement);
  const auto transfer = nodes.start((*agreement)->id);
  ASSERT_TRUE(transfer);
  ASSERT_TRUE(nodes.settle());
  const std::string pid = (*transfer)->consumer_pid;
  ASSERT_TRUE(async::sync_wait(nodes.trade->transfer_service->suspend(pid, Code::Cancelled)));
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.to_trade(TransferRoute::Start, pid, start).status, 200);
  EXPECT_EQ(nodes.trade->transfer_service->state(pid), "SUSPENDED");
  ASSERT_TRUE(async::sync_wait(nodes.trade->transfer_service->resume(pid)));
  ASSERT_TRUE(nodes.settle());
  ASSERT_TRUE(async::sync_wait(nodes.trade->transfer_service->complete(pid)));
  ASSERT_TRUE(nodes.settle());
  ASSERT_EQ(nodes.trade->transfer_service->state(pid), "COMPLETED");
  EXPECT_EQ(nodes.to_trade(TransferRoute::Start, pid, start).status, 200);
  EXPECT_EQ(nodes.trade->transfer_service->state(pid), "COMPLETED");
}

}  // namespace
}  // namespace sekisho::simulation
