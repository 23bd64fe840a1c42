// Every state × message × sender × role of a transfer, at the service; as exhaustive_negotiation_test.cpp.
#include <gtest/gtest.h>

#include <tuple>

#include "node/dataspace/messages.hpp"
#include "policy/offer.hpp"
#include "tests/support/test_data.hpp"
#include "tests/unit/node/dataspace/one_node.hpp"

namespace sekisho::node::testing {
namespace {

using S = policy::TransferState;
using M = policy::TransferMessage;

constexpr S kStates[] = {S::Requested, S::Started, S::Suspended, S::Completed, S::Terminated};
constexpr M kMessages[] = {M::Start, M::Completion, M::Suspension, M::Termination};

const std::map<std::tuple<char, S, M>, S>& table() {
  static const std::map<std::tuple<char, S, M>, S> rows = [] {
    std::map<std::tuple<char, S, M>, S> out{{{'P', S::Requested, M::Start}, S::Started}};
    for (const char who : {'C', 'P'}) {
      out[{who, S::Requested, M::Termination}] = S::Terminated;
      out[{who, S::Started, M::Completion}] = S::Completed;
      out[{who, S::Started, M::Suspension}] = S::Suspended;
      out[{who, S::Started, M::Termination}] = S::Terminated;
      out[{who, S::Suspended, M::Start}] = S::Started;
      out[{who, S::Suspended, M::Termination}] = S::Terminated;
    }
    return out;
  }();
  return rows;
}

void seed(OneNode& one, const std::string& id, Role role) {
  const bool provider = role == Role::Provider;
  policy::AgreementParts parts;
  parts.id = id;
  parts.assigner = provider ? one.own_did : one.peer_did;
  parts.assignee = provider ? one.peer_did : one.own_did;
  parts.target = kDataset;
  parts.timestamp = kNow;
  auto record = std::make_shared<AgreementRecord>();
  record->role = role;
  record->document = policy::agreement_document(use_offer(), parts).value();
  record->peer_did = one.peer_did;
  record->peer_dns = "trade.eu.example";
  record->peer_zone = "eu";
  record->dataset = kDataset;
  ASSERT_TRUE(complete_record(*record, std::nullopt, {}));
  one.node->agreements.insert(std::move(record));
}

struct Talk {
  OneNode& one;
  Role role;
  std::string pid, peer;

  [[nodiscard]] ProcessIds ids() const {
    return role == Role::Provider ? ProcessIds{pid, peer} : ProcessIds{peer, pid};
  }
  [[nodiscard]] std::string state() const { return one.node->transfer_service->state(pid); }
  [[nodiscard]] std::pair<TransferRoute, std::string> message(M kind,
                                                              std::optional<DataAddress> address = std::nullopt) const {
    switch (kind) {
      case M::Start:
        return {TransferRoute::Start, to_body(TransferStartMessage{ids(), std::move(address), std::nullopt})};
      case M::Completion: return {TransferRoute::Completion, to_body(CompletionMessage{ids()})};
      case M::Suspension:
        return {TransferRoute::Suspension, to_body(EndMessage{ids(), "1", {}}, "TransferSuspensionMessage")};
      default: return {TransferRoute::Termination, to_body(EndMessage{ids(), "1", {}}, "TransferTerminationMessage")};
    }
  }
  [[nodiscard]] int hear(M kind) const {
    const auto [route, body] = message(kind);
    return one.take(route, pid, one.unique(body)).status;
  }
  [[nodiscard]] bool say(M kind) const {
    return async::sync_wait(one.node->transfer_service->send(pid, kind)).has_value() && one.settle();
  }
};

Talk reach(OneNode& one, Role role, S state) {
  Talk talk{one, role, "", one.peer_pid()};
  if (role == Role::Provider) {
    TransferRequestMessage request;
    request.consumer_pid = talk.peer;
    request.agreement_id = "urn:agreement:provided";
    request.format = kPullFormat;
    request.callback = "https://trade.eu.example/dsp/2025-1";
    const http::Response answer = one.take(TransferRoute::Request, "", to_body(request));
    EXPECT_EQ(answer.status, 201) << answer.body;
    talk.pid = parse_transfer(answer.body).value().ids.provider;
  } else {
    one.provider_pid = talk.peer;
    talk.pid = async::sync_wait(one.node->transfer_service->request("urn:agreement:consumed", "")).value();
    EXPECT_TRUE(one.settle());
  }
  const auto step = [&](M kind, char sender) {
    const bool own = (sender == 'P') == (role == Role::Provider);
    EXPECT_TRUE(own ? talk.say(kind) : talk.hear(kind) == 200) << policy::to_text(kind);
  };
  if (state == S::Started || state == S::Suspended || state == S::Completed) step(M::Start, 'P');
  if (state == S::Suspended) step(M::Suspension, 'P');
  if (state == S::Completed) step(M::Completion, 'C');
  if (state == S::Terminated) step(M::Termination, 'P');
  EXPECT_EQ(talk.state(), policy::to_text(state));
  return talk;
}

class Transfers : public ::testing::TestWithParam<std::tuple<Role, S>> {
 protected:
  Transfers() : one(quiet) {
    seed(one, "urn:agreement:provided", Role::Provider);
    seed(one, "urn:agreement:consumed", Role::Consumer);
  }
  const Quiet quiet;
  OneNode one;
};

TEST_P(Transfers, TakeExactlyWhatTheProtocolAllows) {
  const auto [role, state] = GetParam();
  const char sender = role == Role::Provider ? 'C' : 'P';
  std::size_t cases = 0;
  for (const M kind : kMessages) {
    for (const bool stranger : {false, true}) {
      SCOPED_TRACE(std::string(policy::to_text(kind)) + (stranger ? " from a stranger" : " from the peer"));
      const Talk talk = reach(one, role, state);
      // A start that says the same as the one before would be its repetition.
      const auto [route, plain] = talk.message(kind, DataAddress{"https://trade.eu.example/data/1", "token"});
      const std::string body = one.unique(plain);
      const http::Response answer = one.take(route, talk.pid, body, stranger);
      const auto row = table().find({sender, state, kind});
      ++cases;
      if (!stranger && row != table().end()) {
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(talk.state(), policy::to_text(row->second));
        EXPECT_EQ(one.take(route, talk.pid, body).status, 200);
        EXPECT_EQ(talk.state(), policy::to_text(row->second));
        continue;
      }
      EXPECT_EQ(answer.status, stranger ? 404 : 400) << answer.body;
      EXPECT_EQ(talk.state(), policy::to_text(state));
      const auto error = parse_error(answer.body);
      ASSERT_TRUE(error) << answer.body;
      EXPECT_FALSE(error->ids.provider.empty());
      EXPECT_FALSE(error->ids.consumer.empty());
    }
  }
  sekisho::test::print_cases("messages to a transfer", cases);
}

TEST_P(Transfers, SendExactlyWhatTheProtocolAllows) {
  const auto [role, state] = GetParam();
  const char sender = role == Role::Provider ? 'P' : 'C';
  for (const M kind : kMessages) {
    SCOPED_TRACE(policy::to_text(kind));
    const Talk talk = reach(one, role, state);
    const std::size_t before = one.sent();
    const auto row = table().find({sender, state, kind});
    const bool may = row != table().end();
    EXPECT_EQ(talk.say(kind), may);
    EXPECT_EQ(talk.state(), policy::to_text(may ? row->second : state));
    EXPECT_EQ(one.sent() - before, may ? 1U : 0U);
  }
  sekisho::test::print_cases("messages of a transfer", std::size(kMessages));
}

INSTANTIATE_TEST_SUITE_P(All, Transfers,
                         ::testing::Combine(::testing::Values(Role::Provider, Role::Consumer),
                                            ::testing::ValuesIn(kStates)),
                         [](const auto& p) {
                           return std::string(std::get<0>(p.param) == Role::Provider ? "provider_" : "consumer_") +
                                  std::string(policy::to_text(std::get<1>(p.param)));
                         });

}  // namespace
}  // namespace sekisho::node::testing
