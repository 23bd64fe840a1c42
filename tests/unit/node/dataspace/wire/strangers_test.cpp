// A process of somebody else and one that is not there: whoever asks cannot tell them apart. And addresses that would
// lead a node elsewhere: whatever they are, nobody is spoken to.
#include <gtest/gtest.h>

#include <set>

#include "node/dataspace/messages.hpp"
#include "tests/unit/node/dataspace/one_node.hpp"

namespace sekisho::node::testing {
namespace {

constexpr const char* kNowhere = "urn:uuid:00000000-0000-4000-8000-000000000000";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

std::string request(OneNode& one, const std::string& callback) {
  JsonObject offer = use_offer().as_object();
  offer["target"] = "urn:dataset:theirs";
  return to_body(ContractRequestMessage{one.peer_pid(), std::nullopt, callback, Json(std::move(offer))});
}

TEST(Strangers, CannotTellAForeignNegotiationFromNone) {
  const Quiet quiet;
  OneNode one(quiet);
  const http::Response made = one.take(NegotiationRoute::Request, "", request(one, "https://trade.eu.example/dsp/2025-1"));
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string pid = parse_negotiation(made.body).value().ids.provider;
  std::size_t compared = 0;
  for (const NegotiationRoute route : {NegotiationRoute::CounterRequest, NegotiationRoute::Offer, NegotiationRoute::Agreement,
                                       NegotiationRoute::Verification, NegotiationRoute::Event, NegotiationRoute::Termination}) {
    for (const std::string& body : {std::string(), std::string("{"), std::string("[]"),
                                    to_body(EndMessage{{pid, "urn:peer:x"}, "1", {}}, "ContractNegotiationTerminationMessage"),
                                    to_body(VerificationMessage{{pid, "urn:peer:x"}, std::nullopt})}) {
      const http::Response foreign = one.take(route, pid, body, true);
      const http::Response none = one.take(route, kNowhere, replaced(body, pid, kNowhere), true);
      EXPECT_EQ(foreign.status, 404) << foreign.body;
      EXPECT_EQ(none.status, foreign.status);
      EXPECT_EQ(replaced(foreign.body, pid, kNowhere), none.body);
      EXPECT_EQ(foreign.headers.size(), none.headers.size());
      ++compared;
    }
  }
  EXPECT_EQ(compared, 30U);
  EXPECT_NE(one.node->negotiations->state(pid), "") << "the process is there all the same";
}

// Each is asked as a first request; the node refuses it before it makes a process, and so speaks to nobody.
TEST(Strangers, AddressesElsewhereMakeNoProcessAndNoConnection) {
  const Quiet quiet;
  OneNode one(quiet);
  const std::size_t spoken = one.sent();
  for (const char* address : {"https://127.0.0.1/", "https://169.254.169.254/latest/meta-data/", "https://[::ffff:127.0.0.1]/", "https://[fd00:ec2::254]/",
                              "https://farm.jp.example/dsp/2025-1", "https://trade.eu.example@evil.example/", "https://trade.eu.example./",
                              R"(https://trade.eu.example\@evil.example/)", "https://trade%2eeu.example/", "http://trade.eu.example/",
                              "https://xn--trde-koa.eu.example/", "https://trade.eu.example/#x", "https://trade.eu.example/?x", "https://trade.eu.example/a/../b",
                              "https://trade.eu.example//b", "https://trade.eu\t.example/", "https://trade.eu.example:0/", ""}) {
    const http::Response answer = one.take(NegotiationRoute::Request, "", request(one, address));
    EXPECT_EQ(answer.status, 400) << address << ' ' << answer.body;
    EXPECT_NE(answer.body.find("/callbackAddress"), std::string::npos) << answer.body;
    TransferRequestMessage transfer;
    transfer.consumer_pid = one.peer_pid();
    transfer.agreement_id = "urn:agreement:x";
    transfer.format = std::string(kPullFormat);
    transfer.callback = address;
    EXPECT_EQ(one.take(TransferRoute::Request, "", to_body(transfer)).status, 400) << address;
    JsonObject offer = use_offer().as_object();
    offer["target"] = "urn:dataset:theirs";
    const ContractOfferMessage unasked{one.peer_pid(), std::nullopt, address, Json(std::move(offer))};
    EXPECT_EQ(one.take(NegotiationRoute::InitialOffer, "", to_body(unasked)).status, 400) << address;
  }
  EXPECT_TRUE(one.settle());
  EXPECT_EQ(one.sent(), spoken);
}

// An address that is the peer's by name chooses no more than a path: the channel is asked for the peer, never for a URL.
TEST(Strangers, APortOrPathOfThePeerStaysAtThePeer) {
  const Quiet quiet;
  OneNode one(quiet);
  ASSERT_EQ(one.take(NegotiationRoute::Request, "", request(one, "https://trade.eu.example:1/own/base")).status, 201);
  EXPECT_TRUE(one.settle());
  EXPECT_FALSE(one.net.seen().empty()) << "the request for an offer that is not made was not answered by a termination";
  for (const std::string& line : one.net.seen()) EXPECT_EQ(line.find("farm.jp.example POST /own/base/"), 0U) << line;
}

}  // namespace
}  // namespace sekisho::node::testing
