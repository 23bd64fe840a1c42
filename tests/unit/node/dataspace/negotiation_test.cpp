#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "node/dataspace/messages.hpp"
#include "policy/offer.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::node::testing {
namespace {

constexpr const char* kCallback = "https://trade.eu.example/dsp/2025-1";

// A request as trade would send it by hand.
std::string request_body(const Json& offer, const std::string& pid = "urn:uuid:c1", const std::string& callback = kCallback) {
  const Result<Json> wanted = policy::message_offer(offer, kDataset);
  return to_body(ContractRequestMessage{pid, std::nullopt, callback, *wanted});
}

ProcessDocument process_of(const http::Response& response) {
  const Result<ProcessDocument> document = parse_negotiation(response.body);
  return document ? *document : ProcessDocument{};
}

std::string code_of(const http::Response& response) {
  const std::optional<ErrorDocument> error = parse_error(response.body);
  return error ? error->code : "no error document";
}

// The own process of a negotiation that trade runs: the only one in its storage.
std::vector<std::string> pids(const MemoryStorage& storage) {
  std::vector<std::string> found;
  (void)storage.scan(Family::Negotiation, {}, {}, [&](BytesView key, BytesView) {
    found.emplace_back(as_text(key));
    return true;
  });
  return found;
}

TEST(Negotiation, EndsInAnAgreementThatBothSealed) {
  TwoNodes nodes;
  const auto agreement = nodes.negotiate();
  ASSERT_TRUE(agreement) << agreement.error().chain();
  ASSERT_TRUE(nodes.settle());
  const auto theirs = nodes.farm->agreements.find((*agreement)->id);
  ASSERT_TRUE(theirs);
  EXPECT_EQ(theirs->digest, (*agreement)->digest);
  EXPECT_EQ(theirs->role, Role::Provider);
  EXPECT_EQ(theirs->source, "events");
  ASSERT_TRUE(theirs->shaper);
  EXPECT_EQ((*agreement)->agreement->assigner, "did:web:farm.jp.example");
  EXPECT_EQ((*agreement)->agreement->assignee, "did:web:trade.eu.example");
  EXPECT_EQ((*agreement)->agreement->view, theirs->view->digest());
  // The provider agreed and finalized, the consumer verified.
  for (const TestParty* party : {nodes.farm.get(), nodes.trade.get()}) {
    const bool provider = party == nodes.farm.get();
    EXPECT_EQ(entries_of(*party->journal, pb::AGREEMENT_OUT), provider ? 2U : 1U);
    EXPECT_EQ(entries_of(*party->journal, pb::AGREEMENT_IN), provider ? 1U : 2U);
    const auto processes = pids(*party->storage);
    ASSERT_EQ(processes.size(), 1U);
    EXPECT_EQ(party->negotiations->state(processes.front()), "FINALIZED");
  }
  const auto again = nodes.trade->agreements.with("farm.jp.example", kDataset);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again.front()->id, (*agreement)->id);
}

TEST(Negotiation, PseudonymsHoldWithinAnAgreementAlsoAfterARestart) {
  TwoNodes nodes;
  const auto first = nodes.negotiate();
  const auto second = nodes.negotiate();
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(nodes.settle());
  const auto shaped = [&](const std::string& agreement) {
    const auto record = nodes.farm->agreements.find(agreement);
    const auto out = record ? record->shaper->shape(R"({"lot":"L-1","sensor":"s-17"})") : fail(Code::NotFound, "");
    return out ? out->body : out.error().chain();
  };
  const std::string one = shaped((*first)->id), other = shaped((*second)->id);
  EXPECT_TRUE(one.starts_with(R"({"lot":"L-1","sensor":")")) << one;
  EXPECT_EQ(one.find("s-17"), std::string::npos);
  EXPECT_NE(one, other);
  nodes.restart();
  EXPECT_EQ(shaped((*first)->id), one);
  EXPECT_EQ(shaped((*second)->id), other);
}

TEST(Negotiation, TellsItsStateToItsTwoPartiesOnly) {
  TwoNodes nodes;
  ASSERT_TRUE(nodes.negotiate());
  ASSERT_TRUE(nodes.settle());
  const std::string pid = pids(*nodes.farm_storage).front();
  const trust::PeerIdentity trade = nodes.trade->as_client(*nodes.farm->trust.current());
  const http::Response mine = nodes.farm->negotiations->get(trade, pid);
  EXPECT_EQ(mine.status, 200);
  EXPECT_EQ(process_of(mine).state, "FINALIZED");
  EXPECT_EQ(process_of(mine).ids.consumer, pids(*nodes.trade_storage).front());
  trust::PeerIdentity other = trade;
  other.did = "did:web:other.eu.example";
  EXPECT_EQ(nodes.farm->negotiations->get(other, pid).status, 404);
  EXPECT_EQ(nodes.farm->negotiations->get(trade, "urn:uuid:unknown").status, 404);
}

TEST(Negotiation, AnotherOfferIsTerminated) {
  TwoNodes nodes;
  Json changed = nodes.offer();
  // Without the prohibition: what a consumer would like better (attack A14).
  changed.as_object().erase("prohibition");
  const auto agreement = nodes.negotiate_offer(changed);
  ASSERT_FALSE(agreement);
  EXPECT_EQ(agreement.error().code, Code::OfferMismatch) << agreement.error().chain();
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::AGREEMENT_OUT), 0U);
  EXPECT_EQ(nodes.farm->negotiations->state(pids(*nodes.farm_storage).front()), "TERMINATED");
  EXPECT_EQ(nodes.trade->negotiations->state(pids(*nodes.trade_storage).front()), "TERMINATED");
  EXPECT_TRUE(nodes.farm->agreements.all().empty());
}

TEST(Negotiation, AnUnknownOfferIsTerminated) {
  TwoNodes nodes;
  Json changed = nodes.offer();
  changed.as_object()["@id"] = "urn:offer:other";
  const auto agreement = nodes.negotiate_offer(changed);
  ASSERT_FALSE(agreement);
  EXPECT_EQ(agreement.error().code, Code::OfferUnknown);
}

TEST(Negotiation, ARepeatedRequestIsTheSameProcess) {
  TwoNodes nodes;
  nodes.net.before = [](const std::string& from, PeerRequest&) -> std::optional<Result<http::ClientResponse>> {
    if (from == "farm.jp.example") return fail(Code::Connection, "cut");
    return std::nullopt;
  };
  const std::string body = request_body(nodes.offer());
  const http::Response first = nodes.to_farm(NegotiationRoute::Request, "", body);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(process_of(first).state, "REQUESTED");
  const http::Response second = nodes.to_farm(NegotiationRoute::Request, "", body);
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(pids(*nodes.farm_storage).size(), 1U);
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::AGREEMENT_OUT), 1U);
  // Other content under the same consumerPid is no repetition.
  const http::Response other = nodes.to_farm(NegotiationRoute::Request, "", request_body(nodes.offer(), "urn:uuid:c1", std::string(kCallback) + "/x"));
  EXPECT_EQ(other.status, 400);
  EXPECT_EQ(code_of(other), "STATE_TRANSITION");
  EXPECT_EQ(pids(*nodes.farm_storage).size(), 1U);
}

struct BadRequest {
  const char* name;
  std::string (*body)(const Json& offer);
  int status;
};

void PrintTo(const BadRequest& bad, std::ostream* out) { *out << bad.name; }

class IllegalRequest : public ::testing::TestWithParam<BadRequest> {};

TEST_P(IllegalRequest, IsRefusedAndLeavesNothing) {
  TwoNodes nodes;
  const std::string body = GetParam().body(nodes.offer());
  const http::Response response = nodes.to_farm(NegotiationRoute::Request, "", body);
  EXPECT_EQ(response.status, GetParam().status) << response.body;
  ASSERT_TRUE(parse_error(response.body));
  EXPECT_TRUE(pids(*nodes.farm_storage).empty());
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::AGREEMENT_OUT), 0U);
}

std::string with(const Json& offer, const char* member, const Json& value) {
  Json body = parse_json(request_body(offer)).value();
  body.as_object()[member] = value;
  return to_text(body);
}

INSTANTIATE_TEST_SUITE_P(
    All, IllegalRequest,
    ::testing::Values(
        BadRequest{"not_json", [](const Json&) -> std::string { return "{"; }, 400},
        BadRequest{"no_context", [](const Json& o) { return with(o, "@context", nullptr); }, 400},
        BadRequest{"context_as_text", [](const Json& o) { return with(o, "@context", Json(kDspContext)); }, 400},
        BadRequest{"context_of_another_version",
                   [](const Json& o) { return with(o, "@context", JsonArray{"https://w3id.org/dspace/2024/1/context.json"}); }, 400},
        BadRequest{"another_type", [](const Json& o) { return with(o, "@type", "ContractOfferMessage"); }, 400},
        BadRequest{"both_pid_and_callback", [](const Json& o) { return with(o, "providerPid", "urn:uuid:p"); }, 400},
        BadRequest{"no_consumer_pid", [](const Json& o) { return with(o, "consumerPid", 5); }, 400},
        BadRequest{"offer_as_text", [](const Json& o) { return with(o, "offer", "offer"); }, 400},
        BadRequest{"offer_without_rules", [](const Json& o) { return with(o, "offer", JsonObject{{"@id", "x"}, {"@type", "Offer"}}); }, 400},
        BadRequest{"callback_to_a_foreign_host", [](const Json& o) { return request_body(o, "urn:uuid:c", "https://evil.example/dsp"); }, 400},
        BadRequest{"callback_with_the_host_as_user",
                   [](const Json& o) { return request_body(o, "urn:uuid:c", "https://trade.eu.example@evil.example/dsp"); }, 400},
        BadRequest{"callback_to_a_longer_host",
                   [](const Json& o) { return request_body(o, "urn:uuid:c", "https://trade.eu.example.evil.example/dsp"); }, 400},
        BadRequest{"callback_not_https", [](const Json& o) { return request_body(o, "urn:uuid:c", "http://trade.eu.example/dsp"); }, 400},
        BadRequest{"callback_with_dots", [](const Json& o) { return request_body(o, "urn:uuid:c", "https://trade.eu.example/a/../b"); }, 400},
        BadRequest{"callback_to_an_address", [](const Json& o) { return request_body(o, "urn:uuid:c", "https://127.0.0.1:9442/dsp"); }, 400}),
    [](const auto& p) { return std::string(p.param.name); });

TEST(Negotiation, ATrailingSlashOfTheCallbackDoesNotMatter) {
  TwoNodes nodes;
  const http::Response response = nodes.to_farm(NegotiationRoute::Request, "", request_body(nodes.offer(), "urn:uuid:c", std::string(kCallback) + "/"));
  EXPECT_EQ(response.status, 201);
  if (response.after) response.after(true);
  ASSERT_TRUE(eventually([&] {
    for (const std::string& line : nodes.net.seen()) {
      if (line == "farm.jp.example POST /dsp/2025-1/negotiations/urn%3Auuid%3Ac/agreement") return true;
    }
    return false;
  }));
}

// Every message in a state that does not allow it: 400 and nothing changed; towards a process of somebody else: 404.
TEST(Negotiation, MessagesThatTheStateDoesNotAllowAreRefused) {
  TwoNodes nodes;
  ASSERT_TRUE(nodes.negotiate());
  ASSERT_TRUE(nodes.settle());
  const std::string provider = pids(*nodes.farm_storage).front();
  const std::string consumer = pids(*nodes.trade_storage).front();
  const ProcessIds ids{provider, consumer};
  const auto messages = std::to_array<std::pair<NegotiationRoute, std::string>>({
      {NegotiationRoute::CounterRequest,
       to_body(ContractRequestMessage{consumer, provider, std::nullopt, policy::message_offer(nodes.offer(), kDataset).value()})},
      {NegotiationRoute::Verification, to_body(VerificationMessage{ids, "AAAA"})},
      {NegotiationRoute::Event, to_body(NegotiationEventMessage{ids, NegotiationEvent::Accepted})},
      {NegotiationRoute::Event, to_body(NegotiationEventMessage{ids, NegotiationEvent::Finalized})},
      {NegotiationRoute::Termination, to_body(EndMessage{ids, "1", {}}, "ContractNegotiationTerminationMessage")},
  });
  for (const auto& [route, body] : messages) {
    const http::Response response = nodes.to_farm(route, provider, body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(code_of(response), "STATE_TRANSITION") << body;
    const std::optional<ErrorDocument> error = parse_error(response.body);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->ids.provider, provider);
    EXPECT_EQ(error->ids.consumer, consumer);
    EXPECT_EQ(nodes.to_farm(route, provider, body, &nodes.zones.stranger).status, 404) << body;
    EXPECT_EQ(nodes.to_farm(route, "urn:uuid:none", body).status, 404) << body;
  }
  // End points of the other role.
  EXPECT_EQ(nodes.to_farm(NegotiationRoute::Agreement, provider, "{}").status, 404);
  EXPECT_EQ(nodes.to_trade(NegotiationRoute::Verification, consumer, "{}").status, 404);
  EXPECT_EQ(nodes.farm->negotiations->state(provider), "FINALIZED");
}

TEST(Negotiation, IdsOfAnotherProcessInTheBodyAreRefused) {
  TwoNodes nodes;
  nodes.net.before = [](const std::string& from, PeerRequest&) -> std::optional<Result<http::ClientResponse>> {
    if (from == "farm.jp.example") return fail(Code::Connection, "cut");
    return std::nullopt;
  };
  const std::string provider = process_of(nodes.to_farm(NegotiationRoute::Request, "", request_body(nodes.offer()))).ids.provider;
  const std::string body = to_body(EndMessage{{provider, "urn:uuid:other"}, "1", {}}, "ContractNegotiationTerminationMessage");
  EXPECT_EQ(nodes.to_farm(NegotiationRoute::Termination, provider, body).status, 400);
  EXPECT_EQ(nodes.farm->negotiations->state(provider), "REQUESTED");
}

TEST(Negotiation, ManyOpenProcessesOfOnePeerAreRefused) {
  TwoNodes nodes;
  nodes.net.before = [](const std::string& from, PeerRequest&) -> std::optional<Result<http::ClientResponse>> {
    if (from == "farm.jp.example") return fail(Code::Connection, "cut");
    return std::nullopt;
  };
  const Json offer = nodes.offer();
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(nodes.to_farm(NegotiationRoute::Request, "", request_body(offer, fmt::format("urn:uuid:{}", i))).status, 201);
  }
  const http::Response full = nodes.to_farm(NegotiationRoute::Request, "", request_body(offer, "urn:uuid:9"));
  EXPECT_EQ(full.status, 429);
  EXPECT_EQ(full.headers.get("Retry-After"), "60");
}

}  // namespace
}  // namespace sekisho::node::testing
