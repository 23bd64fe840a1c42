#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "node/dataspace/messages.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::node::testing {
namespace {

struct Agreed : ::testing::Test {
  void SetUp() override {
    const auto made = nodes.negotiate();
    ASSERT_TRUE(made) << made.error().chain();
    ASSERT_TRUE(nodes.settle());
    agreement = (*made)->id;
  }
  TwoNodes nodes;
  std::string agreement;
};

std::string code_of(const http::Response& response) {
  const std::optional<ErrorDocument> error = parse_error(response.body);
  return error ? error->code : "no error document";
}

TEST_F(Agreed, ATransferStartsUnderSealedTerms) {
  const auto transfer = nodes.start(agreement);
  ASSERT_TRUE(transfer) << transfer.error().chain();
  EXPECT_TRUE((*transfer)->serves);
  EXPECT_EQ((*transfer)->target, fmt::format("/data/{}", http::percent_encode((*transfer)->provider_pid)));
  const auto serving = nodes.farm->transfers.find((*transfer)->provider_pid);
  ASSERT_TRUE(serving);
  EXPECT_TRUE(serving->serves);
  EXPECT_EQ(serving->terms, (*transfer)->terms);
  EXPECT_EQ(serving->purpose, kPurpose);
  // The token is for this transfer, this peer, and the certificate it showed.
  const Digest certificate = sha256(nodes.trade->tls_chain.front());
  const auto claims = nodes.farm->tokens->verify((*transfer)->token, certificate);
  ASSERT_TRUE(claims) << claims.error().chain();
  EXPECT_EQ(claims->transfer, (*transfer)->provider_pid);
  EXPECT_EQ(claims->subject, "did:web:trade.eu.example");
  EXPECT_FALSE(nodes.farm->tokens->verify((*transfer)->token, Digest{1}));
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.farm->transfer_service->state((*transfer)->provider_pid), "STARTED");
  const auto usable = nodes.trade->transfers.find_usable("farm.jp.example", kDataset, kPurpose);
  ASSERT_TRUE(usable);
  EXPECT_EQ(usable->consumer_pid, (*transfer)->consumer_pid);
  // Neither side wrote the token down.
  for (const auto& storage : {nodes.farm_storage, nodes.trade_storage}) {
    for (std::size_t family = 0; family < kFamilies; ++family) {
      (void)storage->scan(static_cast<Family>(family), {}, {}, [&](BytesView, BytesView value) {
        EXPECT_EQ(as_text(value).find((*transfer)->token.substr(0, 40)), std::string_view::npos);
        return true;
      });
    }
  }
}

TEST_F(Agreed, AnotherPurposeIsRefusedWithTheOnesThatAreOffered) {
  const auto transfer = nodes.start(agreement, "https://w3id.org/dpv#Marketing");
  ASSERT_FALSE(transfer);
  EXPECT_EQ(transfer.error().code, Code::PurposeMismatch) << transfer.error().chain();
  bool purposes = false;
  for (const auto& [name, value] : transfer.error().help) purposes = purposes || (name == "purposes" && value == kPurpose);
  EXPECT_TRUE(purposes);
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::TERMS_OUT), 0U);
}

TEST_F(Agreed, AnAgreementOfSomebodyElseIsUnknown) {
  const auto transfer = nodes.start("urn:uuid:other");
  ASSERT_FALSE(transfer);
  EXPECT_EQ(transfer.error().code, Code::AgreementUnknown);
  const TransferRequestMessage request{"urn:uuid:t", agreement, std::string(kPullFormat), "https://other.eu.example/dsp", kPurpose, "AAAA"};
  trust::PeerIdentity other = nodes.trade->as_client(*nodes.farm->trust.current());
  other.did = "did:web:other.eu.example";
  other.dns = "other.eu.example";
  const auto response = async::sync_wait(nodes.farm->transfer_service->on_message(TransferRoute::Request, other, "", to_body(request)));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(code_of(response), "AGREEMENT_UNKNOWN");
}

TEST_F(Agreed, ARequestIsRefusedWithoutItsParts) {
  const TransferRequestMessage good{"urn:uuid:t", agreement, std::string(kPullFormat), "https://trade.eu.example/dsp/2025-1", kPurpose, "AAAA"};
  struct Case {
    const char* name;
    void (*change)(TransferRequestMessage&);
    int status;
  };
  for (const Case& one : {Case{"format", [](TransferRequestMessage& m) { m.format = "HttpData-PUSH"; }, 400},
                          Case{"callback", [](TransferRequestMessage& m) { m.callback = "https://evil.example/dsp"; }, 400},
                          Case{"purpose", [](TransferRequestMessage& m) { m.purpose.reset(); }, 400},
                          Case{"statement", [](TransferRequestMessage& m) { m.statement.reset(); }, 400},
                          Case{"seal", [](TransferRequestMessage&) {}, 400},
                          Case{"agreement", [](TransferRequestMessage& m) { m.agreement_id = "urn:uuid:x"; }, 404}}) {
    TransferRequestMessage bad = good;
    one.change(bad);
    const http::Response response = nodes.to_farm(TransferRoute::Request, "", to_body(bad));
    EXPECT_TRUE(parse_error(response.body)) << one.name;
    EXPECT_EQ(response.status, one.status) << one.name << " " << response.body;
  }
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::REQUEST_IN), 0U);
}

// The message says another purpose than the sealed request.
TEST_F(Agreed, AMessageThatDoesNotFitItsStatementIsRefused) {
  nodes.net.before = [](const std::string&, PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
    if (!request.target.ends_with("transfers/request")) return std::nullopt;
    Json message = parse_json(request.body).value();
    message.as_object()["consumerPid"] = "urn:uuid:other";
    request.body = to_text(message);
    return std::nullopt;
  };
  const auto transfer = nodes.start(agreement);
  ASSERT_FALSE(transfer);
  EXPECT_EQ(transfer.error().code, Code::EvidenceInvalid) << transfer.error().chain();
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::REQUEST_IN), 0U);
}

struct Alteration {
  const char* name;
  void (*change)(JsonObject& message);
};
void PrintTo(const Alteration& one, std::ostream* out) { *out << one.name; }

class AlteredStart : public ::testing::TestWithParam<Alteration> {};

TEST_P(AlteredStart, IsRefusedByTheConsumer) {
  TwoNodes nodes;
  const auto agreement = nodes.negotiate();
  ASSERT_TRUE(agreement);
  nodes.net.before = [](const std::string&, PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
    if (!request.target.ends_with("/start")) return std::nullopt;
    Json message = parse_json(request.body).value();
    GetParam().change(message.as_object());
    request.body = to_text(message);
    return std::nullopt;
  };
  const auto transfer = nodes.start((*agreement)->id, kPurpose, std::chrono::seconds(5));
  EXPECT_FALSE(transfer);
  EXPECT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.trade->transfers.find_usable("farm.jp.example", kDataset, kPurpose), nullptr);
  EXPECT_EQ(entries_of(*nodes.trade->journal, pb::TERMS_IN), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, AlteredStart,
                         ::testing::Values(Alteration{"no_address", [](JsonObject& m) { m.erase("dataAddress"); }},
                                           Alteration{"address_elsewhere",
                                                      [](JsonObject& m) { m["dataAddress"].as_object()["endpoint"] = "https://evil.example/data/x"; }},
                                           Alteration{"no_terms", [](JsonObject& m) { m.erase("sekishoStatement"); }},
                                           Alteration{"broken_terms", [](JsonObject& m) { m["sekishoStatement"] = "AAAA"; }}),
                         [](const auto& p) { return std::string(p.param.name); });

TEST_F(Agreed, SuspensionResumptionAndEnd) {
  const auto transfer = nodes.start(agreement);
  ASSERT_TRUE(transfer);
  ASSERT_TRUE(nodes.settle());
  const std::string provider = (*transfer)->provider_pid;
  const std::string consumer = (*transfer)->consumer_pid;

  ASSERT_TRUE(async::sync_wait(nodes.farm->transfer_service->suspend(provider, Code::Quota)));
  EXPECT_FALSE(nodes.farm->transfers.find(provider)->serves);
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.trade->transfer_service->state(consumer), "SUSPENDED");
  EXPECT_EQ(nodes.trade->transfers.find_usable("farm.jp.example", kDataset, kPurpose), nullptr);
  const trust::PeerIdentity trade = nodes.trade->as_client(*nodes.farm->trust.current());
  EXPECT_EQ(nodes.farm->transfer_service->renew_token(trade, provider).status, 409);

  ASSERT_TRUE(async::sync_wait(nodes.farm->transfer_service->resume(provider)));
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.farm->transfer_service->state(provider), "STARTED");
  const auto again = nodes.trade->transfers.find_usable("farm.jp.example", kDataset, kPurpose);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->terms, (*transfer)->terms);
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::TERMS_OUT), 1U);

  ASSERT_TRUE(async::sync_wait(nodes.trade->transfer_service->complete(consumer)));
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.farm->transfer_service->state(provider), "COMPLETED");
  EXPECT_EQ(nodes.farm->transfers.find(provider), nullptr);
  EXPECT_FALSE(async::sync_wait(nodes.farm->transfer_service->resume(provider)));
}

TEST_F(Agreed, MessagesThatTheStateDoesNotAllowAreRefused) {
  const auto transfer = nodes.start(agreement);
  ASSERT_TRUE(transfer);
  ASSERT_TRUE(nodes.settle());
  const std::string provider = (*transfer)->provider_pid;
  const ProcessIds ids{provider, (*transfer)->consumer_pid};
  const std::string start = to_body(TransferStartMessage{ids, std::nullopt, std::nullopt});
  EXPECT_EQ(nodes.to_farm(TransferRoute::Start, provider, start).status, 400);  // it is started
  EXPECT_EQ(nodes.to_farm(TransferRoute::Start, "urn:uuid:none", start).status, 404);
  const std::string end = to_body(EndMessage{ids, "1", {}}, "TransferTerminationMessage");
  EXPECT_EQ(nodes.to_farm(TransferRoute::Suspension, provider, end).status, 400);  // another @type
  EXPECT_EQ(nodes.to_farm(TransferRoute::Termination, provider, end).status, 200);
  EXPECT_EQ(nodes.to_farm(TransferRoute::Termination, provider, end).status, 200);  // the same again
  const std::string late = to_body(EndMessage{ids, "2", {}}, "TransferTerminationMessage");
  EXPECT_EQ(nodes.to_farm(TransferRoute::Termination, provider, late).status, 400);
  EXPECT_EQ(nodes.to_farm(TransferRoute::Completion, provider, to_body(CompletionMessage{ids})).status, 400);
  EXPECT_EQ(nodes.farm->transfer_service->state(provider), "TERMINATED");
  EXPECT_EQ(nodes.farm->transfers.find(provider), nullptr);
}

TEST_F(Agreed, TokensAreRenewedForTheSamePeerOnly) {
  const auto transfer = nodes.start(agreement);
  ASSERT_TRUE(transfer);
  ASSERT_TRUE(nodes.settle());
  nodes.farm->clock->advance(std::chrono::minutes(9));
  nodes.trade->clock->advance(std::chrono::minutes(9));
  const auto fresh = async::sync_wait(
      nodes.trade->transfer_service->refresh_token((*transfer)->consumer_pid, async::Deadline::in(std::chrono::seconds(5))));
  ASSERT_TRUE(fresh) << fresh.error().chain();
  EXPECT_NE((*fresh)->token, (*transfer)->token);
  EXPECT_GT((*fresh)->token_expires, (*transfer)->token_expires);
  EXPECT_EQ(nodes.trade->transfers.find_usable("farm.jp.example", kDataset, kPurpose)->token, (*fresh)->token);
  // After a restart there is no token (none was written down), and the provider's id finds the transfer too.
  nodes.restart();
  const auto left = nodes.trade->transfers.find_usable("farm.jp.example", kDataset, kPurpose);
  ASSERT_TRUE(left);
  EXPECT_TRUE(left->token.empty());
  const auto again = async::sync_wait(
      nodes.trade->transfer_service->refresh_token((*transfer)->provider_pid, async::Deadline::in(std::chrono::seconds(5))));
  ASSERT_TRUE(again) << again.error().chain();
  EXPECT_FALSE((*again)->token.empty());
  EXPECT_FALSE(async::sync_wait(nodes.trade->transfer_service->refresh_token("urn:uuid:none", async::Deadline::in(std::chrono::seconds(5)))));
  trust::PeerIdentity other = nodes.trade->as_client(*nodes.farm->trust.current());
  other.did = "did:web:other.eu.example";
  EXPECT_EQ(nodes.farm->transfer_service->renew_token(other, (*transfer)->provider_pid).status, 404);
}

TEST_F(Agreed, TheStatesOfATransferAreToldToItsParties) {
  const auto transfer = nodes.start(agreement);
  ASSERT_TRUE(transfer);
  ASSERT_TRUE(nodes.settle());
  const trust::PeerIdentity trade = nodes.trade->as_client(*nodes.farm->trust.current());
  const http::Response response = nodes.farm->transfer_service->get(trade, (*transfer)->provider_pid);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(parse_transfer(response.body)->state, "STARTED");
  trust::PeerIdentity other = trade;
  other.did = "did:web:other.eu.example";
  EXPECT_EQ(nodes.farm->transfer_service->get(other, (*transfer)->provider_pid).status, 404);
}

}  // namespace
}  // namespace sekisho::node::testing
