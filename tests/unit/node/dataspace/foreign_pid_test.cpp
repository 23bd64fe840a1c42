// A process of somebody else and one that does not exist: the same answer for the same work, on every route.
#include <gtest/gtest.h>

#include "node/dataspace/messages.hpp"
#include "policy/offer.hpp"
#include "tests/support/test_data.hpp"
#include "tests/unit/node/dataspace/one_node.hpp"

namespace sekisho::node::testing {
namespace {

constexpr const char* kUnknown = "urn:uuid:7d9e6f3c-0000-4000-8000-000000000000";
const ProcessIds kIds{"urn:uuid:a", "urn:uuid:b"};

struct Case {
  std::string name;
  // What a stranger gets for that id.
  std::function<http::Response(OneNode&, const std::string& pid)> ask;
  bool transfer = false;
};

trust::PeerIdentity stranger(const OneNode& one) {
  trust::PeerIdentity peer = one.node->trust.current()->judge(one.zones.trade.tls_chain, trust::Use::TlsClient, kNow).value();
  peer.did = "did:web:other.eu.example";
  return peer;
}

std::vector<Case> cases() {
  std::vector<Case> out;
  const Json terms = policy::message_offer(use_offer(), "urn:dataset:theirs").value();
  const std::pair<NegotiationRoute, std::string> negotiation[] = {
      {NegotiationRoute::CounterRequest, to_body(ContractRequestMessage{kIds.consumer, kIds.provider, std::nullopt, terms})},
      {NegotiationRoute::Offer, to_body(ContractOfferMessage{kIds.provider, kIds.consumer, std::nullopt, terms})},
      {NegotiationRoute::Agreement, to_body(ContractAgreementMessage{kIds, terms, std::nullopt})},
      {NegotiationRoute::Verification, to_body(VerificationMessage{kIds, std::nullopt})},
      {NegotiationRoute::Event, to_body(NegotiationEventMessage{kIds, NegotiationEvent::Accepted})},
      {NegotiationRoute::Event, to_body(NegotiationEventMessage{kIds, NegotiationEvent::Finalized})},
      {NegotiationRoute::Termination, to_body(EndMessage{kIds, "1", {}}, "ContractNegotiationTerminationMessage")},
  };
  for (const auto& [route, body] : negotiation) {
    for (const std::string& text : {body, std::string("{"), std::string()}) {
      out.push_back({"negotiation " + text.substr(0, 400), [route, text](OneNode& one, const std::string& pid) {
                       return one.take(route, pid, text, true);
                     }});
    }
  }
  const std::pair<TransferRoute, std::string> transfer[] = {
      {TransferRoute::Start, to_body(TransferStartMessage{kIds, std::nullopt, std::nullopt})},
      {TransferRoute::Completion, to_body(CompletionMessage{kIds})},
      {TransferRoute::Suspension, to_body(EndMessage{kIds, "1", {}}, "TransferSuspensionMessage")},
      {TransferRoute::Termination, to_body(EndMessage{kIds, "1", {}}, "TransferTerminationMessage")},
  };
  for (const auto& [route, body] : transfer) {
    for (const std::string& text : {body, std::string("{"), std::string()}) {
      out.push_back({"transfer " + text.substr(0, 400),
                     [route, text](OneNode& one, const std::string& pid) { return one.take(route, pid, text, true); }, true});
    }
  }
  out.push_back({"GET negotiation", [](OneNode& one, const std::string& pid) {
                   return one.node->negotiations->get(stranger(one), pid);
                 }});
  out.push_back({"GET transfer", [](OneNode& one, const std::string& pid) {
                   return one.node->transfer_service->get(stranger(one), pid);
                 }, true});
  out.push_back({"POST token", [](OneNode& one, const std::string& pid) {
                   return one.node->transfer_service->renew_token(stranger(one), pid);
                 }, true});
  return out;
}

// A transfer that this node provides to trade.eu.example.
std::string begin_transfer(OneNode& one) {
  policy::AgreementParts parts;
  parts.id = "urn:agreement:provided";
  parts.assigner = one.own_did;
  parts.assignee = one.peer_did;
  parts.target = kDataset;
  parts.timestamp = kNow;
  auto record = std::make_shared<AgreementRecord>();
  record->role = Role::Provider;
  record->document = policy::agreement_document(use_offer(), parts).value();
  record->peer_did = one.peer_did;
  record->peer_dns = "trade.eu.example";
  record->peer_zone = "eu";
  record->dataset = kDataset;
  EXPECT_TRUE(complete_record(*record, std::nullopt, {}));
  one.node->agreements.insert(std::move(record));
  TransferRequestMessage request;
  request.consumer_pid = one.peer_pid();
  request.agreement_id = "urn:agreement:provided";
  request.format = kPullFormat;
  request.callback = "https://trade.eu.example/dsp/2025-1";
  const http::Response answer = one.take(TransferRoute::Request, "", to_body(request));
  EXPECT_EQ(answer.status, 201) << answer.body;
  return parse_transfer(answer.body).value().ids.provider;
}

std::string without(std::string text, const std::string& pid) {
  for (std::size_t at = text.find(pid); at != std::string::npos; at = text.find(pid)) text.replace(at, pid.size(), "PID");
  return text;
}

std::string headers_of(const http::Response& response) {
  std::string out;
  for (const auto& field : response.headers) out += std::string(field.name) + ": " + std::string(field.value) + "\n";
  return out;
}

TEST(ForeignPid, IsNotToldFromAnUnknownOne) {
  const Quiet quiet;
  OneNode one(quiet);
  one.provider_pid = one.peer_pid();
  const std::string negotiation =
      async::sync_wait(one.node->negotiations->request("trade.eu.example", "urn:dataset:theirs", use_offer())).value();
  ASSERT_TRUE(one.settle());
  const std::string transfer = begin_transfer(one);
  std::size_t count = 0;
  for (const Case& one_case : cases()) {
    SCOPED_TRACE(one_case.name);
    const std::string& theirs = one_case.transfer ? transfer : negotiation;
    const std::size_t start = one.node->storage->reads();
    const http::Response unknown = one_case.ask(one, kUnknown);
    const std::size_t middle = one.node->storage->reads();
    const http::Response foreign = one_case.ask(one, theirs);
    const std::size_t end = one.node->storage->reads();
    EXPECT_EQ(unknown.status, 404) << unknown.body;
    EXPECT_EQ(foreign.status, 404) << foreign.body;
    EXPECT_EQ(without(foreign.body, theirs), without(unknown.body, kUnknown));
    EXPECT_EQ(headers_of(foreign), headers_of(unknown));
    EXPECT_EQ(end - middle, middle - start) << "look-ups in the database";
    ++count;
  }
  EXPECT_EQ(one.node->negotiations->state(negotiation), "REQUESTED");
  sekisho::test::print_cases("questions about processes of somebody else", count);
}

}  // namespace
}  // namespace sekisho::node::testing
