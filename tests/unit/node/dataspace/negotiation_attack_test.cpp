// A provider (or a party in between with its certificate) that sends something else than what was asked for. What the
// real provider sends is altered on its way.
#include <atomic>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "node/dataspace/messages.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::node::testing {
namespace {

struct Alteration {
  const char* name;
  void (*change)(JsonObject& message);
  Code code;  // what the waiting consumer learns
};

void PrintTo(const Alteration& one, std::ostream* out) { *out << one.name; }

JsonObject& agreement(JsonObject& message) { return message["agreement"].as_object(); }

class AlteredAgreement : public ::testing::TestWithParam<Alteration> {};

TEST_P(AlteredAgreement, IsRefusedByTheConsumer) {
  TwoNodes nodes;
  std::atomic<int> refused{0};
  nodes.net.before = [&](const std::string&, PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
    if (!request.target.ends_with("/agreement")) return std::nullopt;
    Json message = parse_json(request.body).value();
    GetParam().change(message.as_object());
    request.body = to_text(message);
    return std::nullopt;
  };
  nodes.net.back = [&](const PeerRequest& request, Result<http::ClientResponse>& answer) {
    if (request.target.ends_with("/agreement") && answer && answer->status / 100 == 4) ++refused;
  };
  const auto outcome = nodes.negotiate();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, GetParam().code) << outcome.error().chain();
  EXPECT_TRUE(eventually([&] { return nodes.settle() && refused == 1; }));
  EXPECT_TRUE(nodes.trade->agreements.all().empty());
  EXPECT_TRUE(nodes.farm->agreements.all().empty());
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::AGREEMENT_OUT), 0U);
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::AGREEMENT_IN), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    All, AlteredAgreement,
    ::testing::Values(
        Alteration{"rules_removed", [](JsonObject& m) { agreement(m).erase("prohibition"); }, Code::OfferMismatch},
        Alteration{"another_purpose",
                   [](JsonObject& m) {
                     agreement(m)["permission"]
                         .as_array()[0]
                         .as_object()["constraint"]
                         .as_array()[0]
                         .as_object()["rightOperand"] = "https://w3id.org/dpv#Marketing";
                   },
                   Code::OfferMismatch},
        Alteration{"another_assignee", [](JsonObject& m) { agreement(m)["assignee"] = "did:web:other.eu.example"; },
                   Code::OfferMismatch},
        Alteration{"another_assigner", [](JsonObject& m) { agreement(m)["assigner"] = "did:web:node.xx.example"; },
                   Code::OfferMismatch},
        Alteration{"another_target", [](JsonObject& m) { agreement(m)["target"] = "urn:dataset:other"; },
                   Code::OfferMismatch},
        Alteration{"another_id",
                   [](JsonObject& m) { agreement(m)["@id"] = "urn:uuid:00000000-0000-4000-8000-000000000000"; },
                   Code::EvidenceInvalid},
        Alteration{"another_time", [](JsonObject& m) { agreement(m)["timestamp"] = "2020-01-01T00:00:00Z"; },
                   Code::EvidenceInvalid},
        Alteration{"an_unknown_member", [](JsonObject& m) { agreement(m)["note"] = "x"; }, Code::JsonShape},
        Alteration{"no_statement", [](JsonObject& m) { m.erase("sekishoStatement"); }, Code::JsonShape},
        Alteration{"a_broken_statement",
                   [](JsonObject& m) {
                     std::string text(m["sekishoStatement"].get_string());
                     text[text.size() / 2] = text[text.size() / 2] == 'A' ? 'B' : 'A';
                     m["sekishoStatement"] = text;
                   },
                   Code::EvidenceInvalid},
        Alteration{"a_statement_that_is_none", [](JsonObject& m) { m["sekishoStatement"] = "!!"; },
                   Code::EvidenceInvalid}),
    [](const auto& p) { return std::string(p.param.name); });

// A statement that is genuine, but of another negotiation.
TEST(NegotiationAttack, TheStatementOfAnotherAgreementIsRefused) {
  TwoNodes nodes;
  std::string first;
  nodes.net.before = [&](const std::string&, PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
    if (!request.target.ends_with("/agreement")) return std::nullopt;
    Json message = parse_json(request.body).value();
    Json& statement = message.as_object()["sekishoStatement"];
    if (first.empty()) first = std::string(statement.get_string());
    statement = first;
    request.body = to_text(message);
    return std::nullopt;
  };
  ASSERT_TRUE(nodes.negotiate());
  const auto second = nodes.negotiate();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::EvidenceInvalid);
}

// The consumer's verification, altered: the provider finalizes nothing.
TEST(NegotiationAttack, AVerificationThatIsNotSealedByTheConsumerIsRefused) {
  TwoNodes nodes;
  std::string own;
  nodes.net.before = [&](const std::string&, PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
    Result<Json> parsed = parse_json(request.body);
    if (request.target.ends_with("/agreement")) own = std::string(parsed->as_object()["sekishoStatement"].get_string());
    if (!request.target.ends_with("/verification")) return std::nullopt;
    parsed->as_object()["sekishoStatement"] = own;  // the provider's own statement, sent back
    request.body = to_text(*parsed);
    return std::nullopt;
  };
  const auto outcome = nodes.negotiate();
  ASSERT_FALSE(outcome);
  EXPECT_TRUE(nodes.settle());
  EXPECT_TRUE(nodes.farm->agreements.all().empty());
  EXPECT_TRUE(nodes.trade->agreements.all().empty());
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::AGREEMENT_IN), 0U);
}

// Answers that are lost on their way back: the message comes again and is the same one.
TEST(NegotiationAttack, LostAnswersRepeatMessagesWithoutEffect) {
  TwoNodes nodes;
  std::map<std::string, int> lost;
  std::mutex mutex;
  nodes.net.back = [&](const PeerRequest& request, Result<http::ClientResponse>& answer) {
    const std::lock_guard lock(mutex);
    if (request.method == "POST" && lost[request.target]++ < 2) answer = fail(Code::Truncated, "lost");
  };
  const auto agreement = nodes.negotiate();
  ASSERT_TRUE(agreement) << agreement.error().chain();
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.farm->agreements.all().size(), 1U);
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::AGREEMENT_OUT), 2U);
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::AGREEMENT_IN), 1U);
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::AGREEMENT_OUT), 1U);
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::AGREEMENT_IN), 2U);
}

TEST(NegotiationAttack, APeerThatIsAwayIsAConnectionError) {
  TwoNodes nodes;
  const Json offer = nodes.offer();
  nodes.net.parties["farm.jp.example"] = nullptr;
  const auto outcome = nodes.negotiate_offer(offer);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::Connection);
  nodes.net.parties["farm.jp.example"] = nodes.farm.get();
}

TEST(NegotiationAttack, AnUnknownPeerIsNotAsked) {
  TwoNodes nodes;
  const auto outcome = async::sync_wait(nodes.trade->negotiations->negotiate(
      "node.xx.example", kDataset, nodes.offer(), async::Deadline::in(std::chrono::seconds(5))));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::PeerUnknown);
}

TEST(NegotiationAttack, EitherSideMayEndIt) {
  TwoNodes nodes;
  nodes.net.before = [](const std::string&, PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
    if (request.target.ends_with("/agreement")) return fail(Code::Connection, "cut");
    return std::nullopt;
  };
  std::string consumer;
  const auto requested = [&] {
    for (const std::string& line : nodes.net.seen()) {
      if (line.find("/agreement") != std::string::npos) return true;
    }
    return false;
  };
  (void)nodes.negotiate(std::chrono::milliseconds(1));
  ASSERT_TRUE(eventually(requested));
  (void)nodes.trade_storage->scan(Family::Negotiation, {}, {}, [&](BytesView key, BytesView) {
    consumer = as_text(key);
    return true;
  });
  std::string provider;
  (void)nodes.farm_storage->scan(Family::Negotiation, {}, {}, [&](BytesView key, BytesView) {
    provider = as_text(key);
    return true;
  });
  const Status ended = async::sync_wait(nodes.trade->negotiations->terminate(consumer, Code::Cancelled));
  ASSERT_TRUE(ended) << ended.error().chain();
  EXPECT_TRUE(eventually([&] { return nodes.farm->negotiations->state(provider) == "TERMINATED"; }));
  EXPECT_EQ(nodes.trade->negotiations->state(consumer), "TERMINATED");
  EXPECT_FALSE(async::sync_wait(nodes.trade->negotiations->terminate(consumer, Code::Cancelled)));
}

std::string only_process(const MemoryStorage& storage) {
  std::string pid;
  (void)storage.scan(Family::Negotiation, {}, {}, [&](BytesView key, BytesView) {
    pid = as_text(key);
    return true;
  });
  return pid;
}

// The refusal of a message may be looked at only after the peer's next one was taken.
TEST(NegotiationAttack, ALateRefusalEndsNothingThatMovedOn) {
  TwoNodes nodes;
  std::atomic<int> events = 0;
  std::atomic<int> asked = 0;
  nodes.net.before = [&](const std::string&, PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
    if (request.target.ends_with("/events")) {
      ++events;
      return fail(Code::Connection, "cut");
    }
    if (!request.target.ends_with("/late")) return std::nullopt;
    ++asked;
    http::ClientResponse refusal;
    refusal.status = 400;
    refusal.body = "{}";
    return refusal;
  };
  (void)nodes.negotiate(std::chrono::milliseconds(1));
  ASSERT_TRUE(eventually([&] {
    const std::string pid = only_process(*nodes.farm_storage);
    return events > 0 && !pid.empty() && nodes.farm->negotiations->state(pid) == "VERIFIED";
  }));
  OutboxMessage late;
  late.owner = "negotiation";
  late.process = only_process(*nodes.farm_storage);
  late.kind = "agreement";
  late.peer_dns = "trade.eu.example";
  late.number = 1;
  late.target = "/dsp/2025-1/late";
  late.body =
      to_body(EndMessage{{late.process, "urn:uuid:theirs"}, std::nullopt, {}}, "ContractNegotiationTerminationMessage");
  nodes.farm->outbox->forget("negotiation", late.process);  // the final event, which would stay in front of it
  nodes.farm->outbox->send(late);
  ASSERT_TRUE(eventually([&] { return asked == 1 && nodes.farm->outbox->idle(); }));
  EXPECT_EQ(nodes.farm->negotiations->state(late.process), "VERIFIED");
  EXPECT_TRUE(eventually([&] { return nodes.farm->agreements.all().size() == 1; }));
}

// A consumer that has FINALIZED may not have acknowledged it: what it began under the agreement ends with the
// negotiation.
TEST(NegotiationAttack, NothingGoesOnUnderAnAgreementThatItsConsumerEnded) {
  TwoNodes nodes;
  nodes.net.back = [](const PeerRequest& request, Result<http::ClientResponse>& answer) {
    const bool asked = request.method == "GET" && request.target.find("/negotiations/") != std::string::npos;
    if (asked || request.target.ends_with("/events")) answer = fail(Code::Truncated, "lost");
  };
  const auto agreement = nodes.negotiate();
  ASSERT_TRUE(agreement) << agreement.error().chain();
  const auto transfer = nodes.start((*agreement)->id);
  ASSERT_TRUE(transfer) << transfer.error().chain();
  const std::string provider = only_process(*nodes.farm_storage);
  const std::string consumer = only_process(*nodes.trade_storage);
  ASSERT_EQ(nodes.farm->negotiations->state(provider), "VERIFIED");
  ASSERT_FALSE(nodes.farm->transfers.held((*agreement)->digest));
  const std::string end =
      to_body(EndMessage{{provider, consumer}, std::nullopt, {}}, "ContractNegotiationTerminationMessage");
  const http::Response taken = nodes.to_farm(NegotiationRoute::Termination, provider, end);
  ASSERT_EQ(taken.status, 200) << taken.body;
  EXPECT_TRUE(nodes.farm->transfers.held((*agreement)->digest));
  // The record of the transfer follows its process although the agreement is gone.
  ASSERT_TRUE(async::sync_wait(nodes.farm->transfer_service->terminate((*transfer)->provider_pid, Code::Cancelled)));
  EXPECT_EQ(nodes.farm->transfers.find((*transfer)->provider_pid), nullptr);
}

}  // namespace
}  // namespace sekisho::node::testing
