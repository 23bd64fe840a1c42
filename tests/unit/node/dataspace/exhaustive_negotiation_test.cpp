// Every state × message × sender × role of a negotiation, whoever began it, at the service: what a peer or a stranger may
// send to it, once and again, under wrong names and with members that exclude each other, and what the node itself may send.
// The expectation is written here a second time, by wire names.
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "node/dataspace/messages.hpp"
#include "policy/offer.hpp"
#include "tests/support/test_data.hpp"
#include "tests/unit/node/dataspace/one_node.hpp"

namespace sekisho::node::testing {
namespace {

using S = policy::NegotiationState;
using M = policy::NegotiationMessage;

constexpr S kStates[] = {S::Requested, S::Offered, S::Accepted, S::Agreed, S::Verified, S::Finalized, S::Terminated};
constexpr M kMessages[] = {M::Request,      M::Offer,     M::Accepted,   M::Agreement,
                           M::Verification, M::Finalized, M::Termination};

// What the protocol lets a party send: C or P, state, message → state.
const std::map<std::tuple<char, S, M>, S>& table() {
  static const std::map<std::tuple<char, S, M>, S> rows = [] {
    std::map<std::tuple<char, S, M>, S> out{
        {{'P', S::Requested, M::Offer}, S::Offered},     {{'P', S::Requested, M::Agreement}, S::Agreed},
        {{'C', S::Offered, M::Request}, S::Requested},   {{'C', S::Offered, M::Accepted}, S::Accepted},
        {{'P', S::Accepted, M::Agreement}, S::Agreed},   {{'C', S::Agreed, M::Verification}, S::Verified},
        {{'P', S::Verified, M::Finalized}, S::Finalized}};
    for (const S state : {S::Requested, S::Offered, S::Accepted, S::Agreed, S::Verified}) {
      for (const char who : {'C', 'P'}) out[{who, state, M::Termination}] = S::Terminated;
    }
    return out;
  }();
  return rows;
}

// Terminations of an own will follow the protocol's diagram, which is narrower than what must be taken.
const std::set<std::pair<char, S>> kOwnTerminations{{'C', S::Requested}, {'P', S::Requested}, {'C', S::Offered},
                                                    {'P', S::Offered},   {'P', S::Accepted},  {'C', S::Agreed},
                                                    {'P', S::Verified}};

struct Talk {
  OneNode& one;
  Role role;  // of the node
  std::string pid, peer;

  [[nodiscard]] ProcessIds ids() const {
    return role == Role::Provider ? ProcessIds{pid, peer} : ProcessIds{peer, pid};
  }
  [[nodiscard]] std::string state() const { return one.node->negotiations->state(pid); }

  [[nodiscard]] Json wanted() const {
    if (role == Role::Consumer) return policy::message_offer(use_offer(), "urn:dataset:theirs").value();
    return policy::message_offer(one.node->catalog.state()->offer(kOffer)->document, kDataset).value();
  }
  [[nodiscard]] Json agreed() const {
    policy::AgreementParts parts;
    parts.id = "urn:agreement:" + pid;
    parts.assigner = one.peer_did;
    parts.assignee = one.own_did;
    parts.target = role == Role::Consumer ? "urn:dataset:theirs" : kDataset;
    parts.timestamp = kNow;
    return policy::agreement_document(use_offer(), parts).value();
  }
  // What the other side would write.
  [[nodiscard]] std::pair<NegotiationRoute, std::string> message(M kind) const {
    switch (kind) {
      case M::Request:
        return {NegotiationRoute::CounterRequest,
                to_body(ContractRequestMessage{ids().consumer, ids().provider, std::nullopt, wanted()})};
      case M::Offer:
        return {NegotiationRoute::Offer,
                to_body(ContractOfferMessage{ids().provider, ids().consumer, std::nullopt, wanted()})};
      case M::Agreement:
        return {NegotiationRoute::Agreement, to_body(ContractAgreementMessage{ids(), agreed(), std::nullopt})};
      case M::Verification: return {NegotiationRoute::Verification, to_body(VerificationMessage{ids(), std::nullopt})};
      case M::Accepted:
        return {NegotiationRoute::Event, to_body(NegotiationEventMessage{ids(), NegotiationEvent::Accepted})};
      case M::Finalized:
        return {NegotiationRoute::Event, to_body(NegotiationEventMessage{ids(), NegotiationEvent::Finalized})};
      case M::Termination:
        return {NegotiationRoute::Termination,
                to_body(EndMessage{ids(), "1", {}}, "ContractNegotiationTerminationMessage")};
    }
    return {};
  }
  [[nodiscard]] int hear(M kind) const {
    const auto [route, body] = message(kind);
    return one.take(route, pid, one.unique(body)).status;
  }
  [[nodiscard]] bool say(M kind) const {
    return async::sync_wait(one.node->negotiations->send(pid, kind)).has_value() && one.settle();
  }
};

// Whose message was the first: the consumer's request or the provider's offer.
enum class Begun { Request, Offer };

Talk begin_by_offer(OneNode& one, Role role) {
  Talk talk{one, role, "", one.peer_pid()};
  if (role == Role::Consumer) {
    const ContractOfferMessage offer{talk.peer, std::nullopt, "https://trade.eu.example/dsp/2025-1", talk.wanted()};
    const http::Response answer = one.take(NegotiationRoute::InitialOffer, "", to_body(offer));
    EXPECT_EQ(answer.status, 201) << answer.body;
    talk.pid = parse_negotiation(answer.body).value().ids.consumer;
    return talk;
  }
  one.provider_pid = talk.peer;
  talk.pid = async::sync_wait(one.node->negotiations->offer("trade.eu.example", kOffer)).value();
  EXPECT_TRUE(one.settle());
  return talk;
}

Talk begin(OneNode& one, Role role) {
  Talk talk{one, role, "", one.peer_pid()};
  if (role == Role::Provider) {
    const ContractRequestMessage request{talk.peer, std::nullopt, "https://trade.eu.example/dsp/2025-1", talk.wanted()};
    const http::Response answer = one.take(NegotiationRoute::Request, "", to_body(request));
    EXPECT_EQ(answer.status, 201) << answer.body;
    talk.pid = parse_negotiation(answer.body).value().ids.provider;
    return talk;
  }
  one.provider_pid = talk.peer;
  talk.pid =
      async::sync_wait(one.node->negotiations->request("trade.eu.example", "urn:dataset:theirs", use_offer())).value();
  EXPECT_TRUE(one.settle());
  return talk;
}

Talk reach(OneNode& one, Role role, Begun begun, S state) {
  Talk talk = begun == Begun::Offer ? begin_by_offer(one, role) : begin(one, role);
  const auto step = [&](M kind, char sender) {
    const bool own = (sender == 'P') == (role == Role::Provider);
    EXPECT_TRUE(own ? talk.say(kind) : talk.hear(kind) == 200) << policy::to_text(kind);
  };
  if (begun == Begun::Offer) {
    if (state == S::Requested) step(M::Request, 'C');
    if (state != S::Requested && state != S::Offered && state != S::Terminated) step(M::Accepted, 'C');
  } else {
    if (state == S::Offered || state == S::Accepted) step(M::Offer, 'P');
    if (state == S::Accepted) step(M::Accepted, 'C');
  }
  if (state == S::Agreed || state == S::Verified || state == S::Finalized) step(M::Agreement, 'P');
  if (state == S::Verified || state == S::Finalized) step(M::Verification, 'C');
  if (state == S::Finalized) step(M::Finalized, 'P');
  if (state == S::Terminated) step(M::Termination, role == Role::Provider ? 'C' : 'P');
  EXPECT_EQ(talk.state(), policy::to_text(state));
  return talk;
}

// The end points of the other role are not there, whoever asks.
bool belongs(Role role, M kind) {
  if (kind == M::Termination || kind == M::Accepted || kind == M::Finalized) return true;
  return (role == Role::Provider) == (kind == M::Request || kind == M::Verification);
}

class Negotiations : public ::testing::TestWithParam<std::tuple<Role, Begun, S>> {};

TEST_P(Negotiations, TakeExactlyWhatTheProtocolAllows) {
  const auto [role, begun, state] = GetParam();
  const char sender = role == Role::Provider ? 'C' : 'P';
  const Quiet quiet;
  OneNode one(quiet);
  std::size_t cases = 0;
  for (const M kind : kMessages) {
    for (const bool stranger : {false, true}) {
      SCOPED_TRACE(std::string(policy::to_text(kind)) + (stranger ? " from a stranger" : " from the peer"));
      const Talk talk = reach(one, role, begun, state);
      const auto [route, plain] = talk.message(kind);
      const std::string body = one.unique(plain);
      const http::Response answer = one.take(route, talk.pid, body, stranger);
      const auto row = table().find({sender, state, kind});
      ++cases;
      if (!stranger && row != table().end()) {
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(talk.state(), policy::to_text(row->second));
        // The same once more: the same answer, and nothing moves.
        EXPECT_EQ(one.take(route, talk.pid, body).status, 200);
        EXPECT_EQ(talk.state(), policy::to_text(row->second));
        continue;
      }
      EXPECT_EQ(answer.status, !stranger && belongs(role, kind) ? 400 : 404) << answer.body;
      EXPECT_EQ(talk.state(), policy::to_text(state));
      const auto error = parse_error(answer.body);
      ASSERT_TRUE(error) << answer.body;
      EXPECT_FALSE(error->ids.provider.empty());
      EXPECT_FALSE(error->ids.consumer.empty());
      if (stranger) {
        EXPECT_EQ(error->code, "NOT_FOUND");
      }
    }
  }
  sekisho::test::print_cases("messages to a negotiation", cases);
}

// Names and members that are wrong change nothing, whatever the state and whether the message would be right in it.
TEST_P(Negotiations, TakeNothingUnderWrongNames) {
  const auto [role, begun, state] = GetParam();
  const Quiet quiet;
  OneNode one(quiet);
  const Talk talk = reach(one, role, begun, state);
  std::size_t cases = 0;
  const auto refused = [&](M kind, const std::string& pid, const Json& body, bool known) {
    const http::Response answer = one.take(talk.message(kind).first, pid, one.unique(to_text(body)));
    ++cases;
    EXPECT_EQ(answer.status, known && belongs(role, kind) ? 400 : 404) << answer.body;
    EXPECT_TRUE(parse_error(answer.body)) << answer.body;
    EXPECT_EQ(talk.state(), policy::to_text(state));
  };
  for (const M kind : kMessages) {
    SCOPED_TRACE(policy::to_text(kind));
    const Json right = parse_json(talk.message(kind).second).value();
    for (const char* member : {"providerPid", "consumerPid"}) {
      Json other = right;
      other.get_object()[member] = "urn:peer:of-another-process";
      refused(kind, talk.pid, other, true);
      Json none = right;
      none.get_object().erase(member);
      refused(kind, talk.pid, none, true);
      Json number = right;
      number.get_object()[member] = 7;
      refused(kind, talk.pid, number, true);
    }
    refused(kind, "urn:uuid:unknown", right, false);
    refused(kind, talk.peer, right, false);  // the peer's own name for it
    if (kind != M::Request && kind != M::Offer) continue;
    Json both = right;
    both.get_object()["callbackAddress"] = "https://trade.eu.example/dsp/2025-1";
    refused(kind, talk.pid, both, true);
    Json neither = right;
    neither.get_object().erase(kind == M::Request ? "providerPid" : "consumerPid");
    refused(kind, talk.pid, neither, true);
  }
  sekisho::test::print_cases("messages under wrong names", cases);
}

// What began a process, once more: the same answer and the same process. With other content it is refused, in every state.
TEST_P(Negotiations, AreBegunOnce) {
  const auto [role, begun, state] = GetParam();
  const Quiet quiet;
  OneNode one(quiet);
  const Talk talk = reach(one, role, begun, state);
  const bool by_peer = (begun == Begun::Request) == (role == Role::Provider);
  if (!by_peer) return;
  const NegotiationRoute route = begun == Begun::Request ? NegotiationRoute::Request : NegotiationRoute::InitialOffer;
  const char* callback = "https://trade.eu.example/dsp/2025-1";
  const std::string body = begun == Begun::Request
                               ? to_body(ContractRequestMessage{talk.peer, std::nullopt, callback, talk.wanted()})
                               : to_body(ContractOfferMessage{talk.peer, std::nullopt, callback, talk.wanted()});
  const http::Response again = one.take(route, "", one.unique(body));
  EXPECT_EQ(again.status, 201) << again.body;
  const ProcessIds ids = parse_negotiation(again.body).value().ids;
  EXPECT_EQ(role == Role::Provider ? ids.provider : ids.consumer, talk.pid);
  Json other = parse_json(body).value();
  other.get_object()["callbackAddress"] = "https://trade.eu.example/elsewhere";
  EXPECT_EQ(one.take(route, "", to_text(other)).status, 400);
  EXPECT_EQ(talk.state(), policy::to_text(state));
  // Somebody else may use the same name for a process of its own.
  const http::Response stranger = one.take(route, "", body, true);
  EXPECT_EQ(stranger.body.find(talk.pid), std::string::npos);
  EXPECT_EQ(talk.state(), policy::to_text(state));
}

TEST_P(Negotiations, SendExactlyWhatTheProtocolAllows) {
  const auto [role, begun, state] = GetParam();
  const char sender = role == Role::Provider ? 'P' : 'C';
  const Quiet quiet;
  OneNode one(quiet);
  for (const M kind : kMessages) {
    SCOPED_TRACE(policy::to_text(kind));
    const Talk talk = reach(one, role, begun, state);
    const std::size_t before = one.sent();
    const auto row = table().find({sender, state, kind});
    const bool may = row != table().end() && (kind != M::Termination || kOwnTerminations.contains({sender, state}));
    EXPECT_EQ(talk.say(kind), may);
    EXPECT_EQ(talk.state(), policy::to_text(may ? row->second : state));
    EXPECT_EQ(one.sent() - before, may ? 1U : 0U);
  }
  sekisho::test::print_cases("messages of a negotiation", std::size(kMessages));
}

INSTANTIATE_TEST_SUITE_P(All, Negotiations,
                         ::testing::Combine(::testing::Values(Role::Provider, Role::Consumer),
                                            ::testing::Values(Begun::Request, Begun::Offer), ::testing::ValuesIn(kStates)),
                         [](const auto& p) {
                           return std::string(std::get<0>(p.param) == Role::Provider ? "provider_" : "consumer_") +
                                  (std::get<1>(p.param) == Begun::Request ? "requested_" : "offered_") +
                                  std::string(policy::to_text(std::get<2>(p.param)));
                         });

// What an operator is shown is when the process ends, not when the peer is first asked.
TEST(NegotiationDeadlines, AConsumerThatHasVerifiedOutwaitsItsProvider) {
  const Quiet quiet;
  OneNode one(quiet);
  const auto hours = [&one](const Talk& talk) {
    const JsonObject shown = one.node->negotiations->process(talk.pid).value();
    const auto time = [&shown](const char* name) { return from_rfc3339(get_string(shown, name).value()).value(); };
    return std::chrono::duration_cast<std::chrono::hours>(time("deadline") - time("since")).count();
  };
  EXPECT_EQ(hours(reach(one, Role::Provider, Begun::Request, S::Verified)), 24);
  EXPECT_EQ(hours(reach(one, Role::Consumer, Begun::Request, S::Verified)), 7 * 24);
  EXPECT_EQ(hours(reach(one, Role::Consumer, Begun::Request, S::Agreed)), 4);
}

class Offering final : public Quiet {
 public:
  using Quiet::next;
  [[nodiscard]] std::optional<M> next(const Moment<S>& moment) const override {
    return moment.state == S::Requested && moment.visit == 1 ? std::optional(M::Offer) : std::nullopt;
  }
};

// A message can wait a while before it leaves; the peer cannot have seen it, so that nothing of the peer acknowledges
// it.
TEST(NegotiationOutgoing, WhatHasNotLeftIsNotAcknowledged) {
  const Offering offering;
  OneNode one(offering);
  Talk talk{one, Role::Provider, "", one.peer_pid()};
  const ContractRequestMessage request{talk.peer, std::nullopt, "https://trade.eu.example/dsp/2025-1", talk.wanted()};
  http::Response answer = one.take(NegotiationRoute::Request, "", to_body(request));
  ASSERT_EQ(answer.status, 201) << answer.body;
  talk.pid = parse_negotiation(answer.body).value().ids.provider;
  EXPECT_EQ(talk.hear(M::Accepted), 400);  // the answer is still on its way
  EXPECT_EQ(talk.state(), "REQUESTED");
  answer.after(true);
  ASSERT_TRUE(one.settle());
  EXPECT_EQ(talk.state(), "OFFERED");
  EXPECT_EQ(talk.hear(M::Request), 200);
  EXPECT_EQ(talk.state(), "REQUESTED");
  EXPECT_EQ(one.sent(), 1U);  // the second visit has no offer
}

TEST(NegotiationOutgoing, ARequestInOtherWordsIsTheSameRequest) {
  const Quiet quiet;
  OneNode one(quiet);
  const Talk talk{one, Role::Provider, "", one.peer_pid()};
  const std::string body =
      to_body(ContractRequestMessage{talk.peer, std::nullopt, "https://trade.eu.example/dsp/2025-1", talk.wanted()});
  const http::Response first = one.take(NegotiationRoute::Request, "", one.unique(body));
  const http::Response second = one.take(NegotiationRoute::Request, "", one.unique(body));
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(first.body, second.body);
  Json other = parse_json(body).value();
  other.get_object()["callbackAddress"] = "https://trade.eu.example/elsewhere";
  EXPECT_EQ(one.take(NegotiationRoute::Request, "", to_text(other)).status, 400);
}

}  // namespace
}  // namespace sekisho::node::testing
