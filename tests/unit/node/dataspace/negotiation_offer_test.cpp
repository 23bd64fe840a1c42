// Negotiations that a provider begins, and offers that answer a request: nothing that a provider sends binds a consumer
// whose operator did not ask for it or accept it.
#include <gtest/gtest.h>

#include "base/core/encoding.hpp"
#include "node/dataspace/messages.hpp"
#include "policy/offer.hpp"
#include "tests/unit/node/dataspace/one_node.hpp"

namespace sekisho::node::testing {
namespace {

using S = policy::NegotiationState;
using M = policy::NegotiationMessage;

constexpr const char* kTrade = "trade.eu.example";
constexpr const char* kOther = "urn:offer:cold-chain-research";
constexpr const char* kFarmBase = "https://farm.jp.example/dsp/2025-1";

std::vector<std::string> pids(const MemoryStorage& storage) {
  std::vector<std::string> found;
  (void)storage.scan(Family::Negotiation, {}, {}, [&](BytesView key, BytesView) {
    found.emplace_back(as_text(key));
    return true;
  });
  return found;
}

std::string code_of(const http::Response& response) {
  const std::optional<ErrorDocument> error = parse_error(response.body);
  return error ? error->code : "no error document";
}

void publish(TestParty& party, const char* id, const Json& policy) {
  const OfferObject offer{id, kDataset, policy};
  Unit unit;
  unit.mutations.push_back({Family::Offer, to_bytes(offer.id), to_bytes(to_text(to_json(offer)))});
  EXPECT_TRUE(party.journal->commit_blocking(std::move(unit)));
  EXPECT_TRUE(party.catalog.load(*party.storage));
}

Json research_policy() {
  Json policy = cold_chain_policy();
  policy.as_object()["permission"].as_array()[0].as_object()["constraint"].as_array()[0].as_object()["rightOperand"] =
      "https://w3id.org/dpv#ResearchAndDevelopment";
  return policy;
}

std::size_t rows_with(const MemoryStorage& storage, Family family, std::string_view text) {
  std::size_t count = 0;
  EXPECT_TRUE(storage.scan(family, {}, {}, [&](BytesView, BytesView value) {
    if (as_text(value).find(text) != std::string_view::npos) ++count;
    return true;
  }));
  return count;
}

using Lines = std::vector<std::string>;

struct Offered : ::testing::Test {
  TwoNodes nodes;
  std::string at_farm, at_trade;

  void offer(const char* id = kOffer) {
    const auto pid = async::sync_wait(nodes.farm->negotiations->offer(kTrade, id));
    ASSERT_TRUE(pid) << pid.error().chain();
    at_farm = *pid;
    ASSERT_TRUE(nodes.settle());
    ASSERT_EQ(pids(*nodes.trade_storage).size(), 1U);
    at_trade = pids(*nodes.trade_storage).front();
  }
  [[nodiscard]] std::string farm() const { return nodes.farm->negotiations->state(at_farm); }
  [[nodiscard]] std::string trade() const { return nodes.trade->negotiations->state(at_trade); }
  [[nodiscard]] bool both(const char* state) {
    return eventually([&] { return farm() == state && trade() == state; }) && nodes.settle();
  }
};

TEST_F(Offered, WaitsForTheOperatorAndEndsInAnAgreement) {
  offer();
  EXPECT_TRUE(both("OFFERED"));
  EXPECT_TRUE(nodes.trade->agreements.all().empty());
  const JsonArray list = nodes.trade->negotiations->list(false);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_TRUE(list[0].as_object().at("waits").as_bool());
  const Result<JsonObject> shown = nodes.trade->negotiations->describe(at_trade);
  ASSERT_TRUE(shown);
  EXPECT_EQ(get_string(*shown, "peer").value(), "farm.jp.example");
  EXPECT_EQ(get_string(*shown, "peer_process").value(), at_farm);
  EXPECT_EQ(get_array(*shown, "rules").value()->size(), 2U);
  EXPECT_EQ(get_string(get_object(*shown, "terms").value()[0], "assigner").value(), "did:web:farm.jp.example");

  const Status accepted = async::sync_wait(nodes.trade->negotiations->accept(at_trade));
  ASSERT_TRUE(accepted) << accepted.error().chain();
  EXPECT_TRUE(both("FINALIZED"));
  ASSERT_EQ(nodes.trade->agreements.all().size(), 1U);
  EXPECT_TRUE(nodes.farm->agreements.find(nodes.trade->agreements.all().front()->id));
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::AGREEMENT_OUT), 2U);  // agreed, finalized
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::AGREEMENT_IN), 1U);   // verified
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::AGREEMENT_OUT), 1U);
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::AGREEMENT_IN), 2U);
  EXPECT_EQ(decisions(*nodes.farm->journal, pb::GOVERNANCE), Lines{"offer provider"});
  EXPECT_EQ(decisions(*nodes.farm->journal, pb::OBSERVED), Lines{"accept consumer"});
  EXPECT_EQ(decisions(*nodes.trade->journal, pb::OBSERVED), Lines{"offer provider"});
  EXPECT_EQ(decisions(*nodes.trade->journal, pb::GOVERNANCE), Lines{"accept consumer"});
  const Status again = async::sync_wait(nodes.trade->negotiations->accept(at_trade));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::StateTransition);
}

TEST_F(Offered, IsRefused) {
  offer();
  ASSERT_TRUE(async::sync_wait(nodes.trade->negotiations->terminate(at_trade, Code::NegotiationFailed)));
  EXPECT_TRUE(both("TERMINATED"));
  EXPECT_EQ(decisions(*nodes.trade->journal, pb::GOVERNANCE), Lines{"terminate consumer NEGOTIATION_FAILED"});
  // What was offered goes with the end: a peer may offer as often as it likes.
  EXPECT_FALSE(nodes.trade->negotiations->describe(at_trade)->contains("terms"));
  EXPECT_EQ(rows_with(*nodes.trade_storage, Family::Negotiation, "odrl:distribute"), 0U);
  EXPECT_EQ(decisions(*nodes.farm->journal, pb::OBSERVED).size(), 1U);
}

TEST_F(Offered, IsWithdrawnByItsProvider) {
  offer();
  ASSERT_TRUE(async::sync_wait(nodes.farm->negotiations->terminate(at_farm, Code::OfferUnknown)));
  EXPECT_TRUE(both("TERMINATED"));
  EXPECT_EQ(decisions(*nodes.trade->journal, pb::OBSERVED),
            (Lines{"offer provider", "terminate provider OFFER_UNKNOWN"}));
}

TEST_F(Offered, IsCounteredByAnotherPublishedOffer) {
  publish(*nodes.farm, kOther, research_policy());
  offer();
  const Status none = async::sync_wait(nodes.trade->negotiations->counter(at_trade, "urn:offer:none", ""));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::OfferUnknown);
  EXPECT_EQ(trade(), "OFFERED");
  const Status countered = async::sync_wait(nodes.trade->negotiations->counter(at_trade, kOther, ""));
  ASSERT_TRUE(countered) << countered.error().chain();
  EXPECT_TRUE(both("FINALIZED"));
  ASSERT_EQ(nodes.trade->agreements.all().size(), 1U);
  EXPECT_EQ(nodes.trade->agreements.all().front()->offer, kOther);
  EXPECT_EQ(nodes.farm->agreements.all().front()->offer, kOther);
  EXPECT_EQ(decisions(*nodes.trade->journal, pb::GOVERNANCE), Lines{"request consumer"});
}

TEST_F(Offered, WaitsThroughARestart) {
  offer();
  nodes.restart();
  EXPECT_TRUE(both("OFFERED"));
  ASSERT_TRUE(async::sync_wait(nodes.trade->negotiations->accept(at_trade)));
  EXPECT_TRUE(both("FINALIZED"));
}

TEST_F(Offered, IsNotAgreedWhenItHasChangedMeanwhile) {
  offer();
  publish(*nodes.farm, kOffer, research_policy());
  ASSERT_TRUE(async::sync_wait(nodes.trade->negotiations->accept(at_trade)));
  EXPECT_TRUE(both("TERMINATED"));
  EXPECT_TRUE(nodes.farm->agreements.all().empty());
  EXPECT_TRUE(nodes.trade->agreements.all().empty());
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::AGREEMENT_OUT), 0U);
}

TEST_F(Offered, GoesToThoseOnlyWhoMayHaveIt) {
  Json policy = cold_chain_policy();
  policy.as_object()["permission"].as_array()[0].as_object()["constraint"].as_array()[1].as_object()["rightOperand"] =
      "jp";
  publish(*nodes.farm, kOther, policy);
  for (const auto& [peer, id, code] :
       {std::tuple{kTrade, kOther, Code::OfferUnknown}, std::tuple{kTrade, "urn:offer:none", Code::OfferUnknown},
        std::tuple{"node.xx.example", kOffer, Code::PeerUnknown}}) {
    const auto pid = async::sync_wait(nodes.farm->negotiations->offer(peer, id));
    ASSERT_FALSE(pid) << id;
    EXPECT_EQ(pid.error().code, code);
  }
  EXPECT_TRUE(pids(*nodes.farm_storage).empty());
}

// A provider that presses on: the offer stays an offer.
TEST_F(Offered, BindsNobodyWhateverFollows) {
  offer();
  const ProcessIds ids{at_farm, at_trade};
  policy::AgreementParts parts;
  parts.id = "urn:uuid:forced";
  parts.assigner = "did:web:farm.jp.example";
  parts.assignee = "did:web:trade.eu.example";
  parts.target = kDataset;
  parts.timestamp = kNow;
  const Json terms = policy::message_offer(nodes.offer(), kDataset).value();
  const Json agreement = policy::agreement_document(terms, parts).value();
  EXPECT_EQ(nodes
                .to_trade(NegotiationRoute::Agreement, at_trade,
                          to_body(ContractAgreementMessage{ids, agreement, std::nullopt}))
                .status,
            400);
  EXPECT_EQ(nodes
                .to_trade(NegotiationRoute::Offer, at_trade,
                          to_body(ContractOfferMessage{at_farm, at_trade, std::nullopt, terms}))
                .status,
            400);
  for (const NegotiationEvent event : {NegotiationEvent::Accepted, NegotiationEvent::Finalized}) {
    EXPECT_EQ(nodes.to_trade(NegotiationRoute::Event, at_trade, to_body(NegotiationEventMessage{ids, event})).status,
              400);
  }
  EXPECT_EQ(trade(), "OFFERED");
  EXPECT_TRUE(nodes.trade->agreements.all().empty());
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::AGREEMENT_OUT), 0U);
}

TEST_F(Offered, IsBoundedForEachPeer) {
  const Json terms = policy::message_offer(nodes.offer(), kDataset).value();
  int status = 201;
  std::size_t taken = 0;
  for (; status == 201 && taken < 100; ++taken) {
    const ContractOfferMessage message{"urn:uuid:p" + std::to_string(taken), std::nullopt, kFarmBase, terms};
    status = nodes.to_trade(NegotiationRoute::InitialOffer, "", to_body(message)).status;
  }
  EXPECT_EQ(status, 429);
  EXPECT_EQ(taken, 9U);
  EXPECT_EQ(pids(*nodes.trade_storage).size(), 8U);
}

struct BadOffer {
  const char* name;
  void (*change)(JsonObject& message);
  const char* code;
};

void PrintTo(const BadOffer& bad, std::ostream* out) { *out << bad.name; }

JsonObject& offer_of(JsonObject& message) { return message["offer"].as_object(); }

class IllegalOffer : public ::testing::TestWithParam<BadOffer> {};

TEST_P(IllegalOffer, IsRefusedAndLeavesNothing) {
  TwoNodes nodes;
  const Json terms = policy::message_offer(nodes.offer(), kDataset).value();
  Json message = parse_json(to_body(ContractOfferMessage{"urn:uuid:p1", std::nullopt, kFarmBase, terms})).value();
  const std::size_t before = nodes.trade->journal->head().size;
  GetParam().change(message.as_object());
  const http::Response response = nodes.to_trade(NegotiationRoute::InitialOffer, "", to_text(message));
  EXPECT_EQ(response.status / 100, 4) << response.body;
  EXPECT_NE(response.status, 404);
  EXPECT_EQ(code_of(response), GetParam().code) << response.body;
  EXPECT_TRUE(pids(*nodes.trade_storage).empty());
  EXPECT_EQ(nodes.trade->journal->head().size, before);
}

INSTANTIATE_TEST_SUITE_P(
    All, IllegalOffer,
    ::testing::Values(
        BadOffer{"both_pid_and_callback", [](JsonObject& m) { m["consumerPid"] = "urn:uuid:c"; }, "JSON_SHAPE"},
        BadOffer{"neither_pid_nor_callback", [](JsonObject& m) { m.erase("callbackAddress"); }, "JSON_SHAPE"},
        BadOffer{"a_pid_alone",
                 [](JsonObject& m) {
                   m.erase("callbackAddress");
                   m["consumerPid"] = "urn:uuid:c";
                 },
                 "JSON_SHAPE"},
        BadOffer{"no_provider_pid", [](JsonObject& m) { m.erase("providerPid"); }, "JSON_SHAPE"},
        BadOffer{"a_callback_elsewhere", [](JsonObject& m) { m["callbackAddress"] = "https://evil.example/dsp"; },
                 "INVALID_ARGUMENT"},
        BadOffer{"a_callback_at_the_consumer",
                 [](JsonObject& m) { m["callbackAddress"] = "https://trade.eu.example/dsp/2025-1"; },
                 "INVALID_ARGUMENT"},
        BadOffer{"a_callback_in_the_clear", [](JsonObject& m) { m["callbackAddress"] = "http://farm.jp.example/dsp"; },
                 "INVALID_ARGUMENT"},
        BadOffer{"another_assigner", [](JsonObject& m) { offer_of(m)["assigner"] = "did:web:node.xx.example"; },
                 "OFFER_MISMATCH"},
        BadOffer{"another_assignee", [](JsonObject& m) { offer_of(m)["assignee"] = "did:web:other.eu.example"; },
                 "OFFER_MISMATCH"},
        BadOffer{"no_target", [](JsonObject& m) { offer_of(m).erase("target"); }, "JSON_SHAPE"},
        BadOffer{"no_rules",
                 [](JsonObject& m) {
                   offer_of(m).erase("permission");
                   offer_of(m).erase("prohibition");
                 },
                 "JSON_SHAPE"},
        BadOffer{"an_unknown_member", [](JsonObject& m) { offer_of(m)["note"] = "x"; }, "JSON_SHAPE"},
        BadOffer{"a_term_that_nobody_can_keep",
                 [](JsonObject& m) {
                   offer_of(m)["permission"]
                       .as_array()[0]
                       .as_object()["constraint"]
                       .as_array()[0]
                       .as_object()["leftOperand"] = "https://w3id.org/sekisho/v1/unheardOf";
                 },
                 "POLICY_REFUSED"}),
    [](const auto& p) { return std::string(p.param.name); });

// A provider that lets requests wait for its operator.
class Patient final : public Profile {
 public:
  using Profile::next;
  [[nodiscard]] std::optional<M> next(const Moment<S>& moment) const override {
    return moment.state == S::Requested ? std::nullopt : Profile::next(moment);
  }
};

// Request, counter-offer of what was asked, acceptance by itself, agreement.
TEST(CounterOffer, OfWhatWasAskedIsAccepted) {
  const Patient patient;
  TwoNodes nodes(std::chrono::milliseconds(1), patient);
  const auto pid = async::sync_wait(nodes.trade->negotiations->request("farm.jp.example", kDataset, nodes.offer()));
  ASSERT_TRUE(pid && nodes.settle());
  const std::string at_farm = pids(*nodes.farm_storage).front();
  EXPECT_EQ(nodes.farm->negotiations->state(at_farm), "REQUESTED");
  ASSERT_TRUE(async::sync_wait(nodes.farm->negotiations->send(at_farm, M::Offer)));
  ASSERT_TRUE(eventually([&] { return nodes.trade->negotiations->state(*pid) == "FINALIZED"; }));
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.farm->negotiations->state(at_farm), "FINALIZED");
  EXPECT_EQ(decisions(*nodes.trade->journal, pb::OBSERVED), Lines{"offer provider"});
  EXPECT_EQ(decisions(*nodes.trade->journal, pb::GOVERNANCE), Lines{"accept consumer"});
}

// Initial offer, counter-request, counter-offer, acceptance, agreement: the long way round.
TEST(CounterOffer, FollowsACounterRequest) {
  const Patient patient;
  TwoNodes nodes(std::chrono::milliseconds(1), patient);
  publish(*nodes.farm, kOther, research_policy());
  const auto at_farm = async::sync_wait(nodes.farm->negotiations->offer(kTrade, kOffer));
  ASSERT_TRUE(at_farm && nodes.settle());
  const std::string at_trade = pids(*nodes.trade_storage).front();
  const Status countered = async::sync_wait(nodes.trade->negotiations->counter(at_trade, kOther, ""));
  ASSERT_TRUE(countered) << countered.error().chain();
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.farm->negotiations->state(*at_farm), "REQUESTED");
  EXPECT_EQ(nodes.trade->negotiations->state(at_trade), "REQUESTED");
  ASSERT_TRUE(async::sync_wait(nodes.farm->negotiations->send(*at_farm, M::Offer)));
  ASSERT_TRUE(eventually([&] { return nodes.trade->negotiations->state(at_trade) == "FINALIZED"; }));
  // The book has it a moment after the process is final.
  ASSERT_TRUE(eventually([&] { return nodes.trade->agreements.all().size() == 1; }));
  EXPECT_EQ(nodes.trade->agreements.all().front()->offer, kOther);
}

// Other terms than were asked for: who waits for the agreement learns that it is none; else the operator decides.
TEST(CounterOffer, OfSomethingElseIsNeverAcceptedByItself) {
  for (const bool waited : {true, false}) {
    SCOPED_TRACE(waited);
    OneNode one(product_profile());
    one.provider_pid = one.peer_pid();
    const auto deadline = async::Deadline::in(std::chrono::milliseconds(waited ? 10'000 : 1));
    Json asked = use_offer();
    asked.as_object()["prohibition"] = JsonArray{JsonObject{{"action", "odrl:distribute"}}};
    std::optional<Result<std::shared_ptr<const AgreementRecord>>> outcome;
    std::thread waiter([&] {
      outcome = async::sync_wait(one.node->negotiations->negotiate(kTrade, "urn:dataset:theirs", asked, deadline));
    });
    if (!waited) waiter.join();
    // The request leaves when its caller waits.
    ASSERT_TRUE(eventually([&] { return one.sent() > 0 && one.settle(); }));
    const std::string pid = pids(*one.node->storage).front();
    Json other = policy::message_offer(use_offer(), "urn:dataset:theirs").value();
    const http::Response answer = one.take(NegotiationRoute::Offer, pid,
                                           to_body(ContractOfferMessage{one.provider_pid, pid, std::nullopt, other}));
    EXPECT_EQ(answer.status, 200) << answer.body;
    if (answer.after) answer.after(true);
    ASSERT_TRUE(one.settle());
    if (waited) {
      waiter.join();
      EXPECT_EQ(outcome->error().code, Code::OfferMismatch);
      EXPECT_EQ(one.node->negotiations->state(pid), "TERMINATED");
      continue;
    }
    EXPECT_EQ(one.node->negotiations->state(pid), "OFFERED");
    EXPECT_TRUE(one.node->negotiations->list(false)[0].as_object().at("waits").as_bool());
    ASSERT_TRUE(async::sync_wait(one.node->negotiations->accept(pid)) && one.settle());
    EXPECT_EQ(one.node->negotiations->state(pid), "ACCEPTED");
  }
}

}  // namespace
}  // namespace sekisho::node::testing
