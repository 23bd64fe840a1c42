// Messages as they are written and read, against the examples that come with the protocol's schemas.
#include <gtest/gtest.h>

#include "node/dataspace/fields.hpp"
#include "node/dataspace/messages.hpp"
#include "node/dataspace/process.hpp"
#include "tests/support/test_data.hpp"

namespace sekisho::node {
namespace {

const ProcessIds kIds{"urn:uuid:p", "urn:uuid:c"};

Json changed(const std::string& body, std::string_view member, std::optional<Json> value) {
  Json json = parse_json(body).value();
  if (value) {
    json.as_object()[member] = *value;
  } else {
    json.as_object().erase(member);
  }
  return json;
}

TEST(Messages, AreReadAsTheyWereWritten) {
  const auto request = parse_contract_request(
      to_body(ContractRequestMessage{"urn:uuid:c", std::nullopt, "https://a.example/dsp", Json(JsonObject{{"@id", "o"}})}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->consumer_pid, "urn:uuid:c");
  EXPECT_EQ(request->callback, "https://a.example/dsp");
  const auto agreement = parse_contract_agreement(to_body(ContractAgreementMessage{kIds, Json(JsonObject{{"@id", "a"}}), "c2VhbA"}));
  ASSERT_TRUE(agreement);
  EXPECT_EQ(agreement->statement, "c2VhbA");
  EXPECT_EQ(agreement->ids.provider, "urn:uuid:p");
  const auto verification = parse_verification(to_body(VerificationMessage{kIds, std::nullopt}));
  ASSERT_TRUE(verification);
  EXPECT_FALSE(verification->statement);
  for (const NegotiationEvent event : {NegotiationEvent::Accepted, NegotiationEvent::Finalized}) {
    EXPECT_EQ(parse_negotiation_event(to_body(NegotiationEventMessage{kIds, event}))->event, event);
  }
  const auto transfer = parse_transfer_request(
      to_body(TransferRequestMessage{"urn:uuid:c", "urn:uuid:a", std::string(kPullFormat), "https://a.example", "p", std::nullopt}));
  ASSERT_TRUE(transfer);
  EXPECT_EQ(transfer->purpose, "p");
  const auto start = parse_transfer_start(to_body(TransferStartMessage{kIds, DataAddress{"https://a.example/data/1", "token"}, std::nullopt}));
  ASSERT_TRUE(start);
  EXPECT_EQ(start->address->token, "token");
  const EndMessage end{kIds, "CODE", JsonArray{"why"}};
  EXPECT_EQ(parse_transfer_suspension(to_body(end, "TransferSuspensionMessage"))->code, "CODE");
  EXPECT_EQ(parse_transfer_termination(to_body(end, "TransferTerminationMessage"))->reason.size(), 1U);
  EXPECT_TRUE(parse_transfer_completion(to_body(CompletionMessage{kIds})));
  EXPECT_EQ(parse_transfer(to_body(ProcessDocument{kIds, "STARTED"}, "TransferProcess"))->state, "STARTED");
  EXPECT_TRUE(parse_catalog_request(catalog_request_text()));
}

TEST(Messages, EmitOneContextAndNoMore) {
  const Json json = parse_json(to_body(CompletionMessage{kIds})).value();
  EXPECT_EQ(to_text(json.at("@context")), R"(["https://w3id.org/dspace/2025/1/context.jsonld"])");
}

TEST(Messages, UnknownMembersAtTheTopAreTolerated) {
  EXPECT_TRUE(parse_transfer_completion(to_text(changed(to_body(CompletionMessage{kIds}), "@id", Json("urn:x")))));
}

struct Bad {
  const char* member;
  std::optional<Json> value;
};

TEST(Messages, AMissingOrWrongMemberIsNamed) {
  const std::string body = to_body(VerificationMessage{kIds, "c2VhbA"});
  const std::vector<Bad> cases{{"@context", std::nullopt},     {"@context", Json(JsonArray{})},     {"@context", Json(JsonArray{JsonObject{}})},
                               {"@type", std::nullopt},        {"@type", Json(1)},                  {"providerPid", std::nullopt},
                               {"providerPid", Json("")},      {"providerPid", Json(std::string(257, 'x'))}, {"providerPid", Json("a\nb")},
                               {"consumerPid", Json(nullptr)}, {"consumerPid", Json("a b")},        {"sekishoStatement", Json(1)},
                               {"sekishoStatement", Json(std::string(70'000, 'A'))}};
  for (const Bad& bad : cases) {
    const auto message = parse_verification(to_text(changed(body, bad.member, bad.value)));
    ASSERT_FALSE(message) << bad.member;
    EXPECT_EQ(message.error().code, Code::JsonShape) << bad.member;
    ASSERT_FALSE(message.error().help.empty()) << bad.member;
    EXPECT_EQ(message.error().help.front().first, "pointer");
    EXPECT_EQ(message.error().help.front().second, std::string("/") + bad.member);
  }
}

TEST(Messages, LimitsHold) {
  EXPECT_FALSE(parse_dsp(std::string(kDspBodyLimit + 1, ' '), "X"));
  std::string deep(100, '[');
  EXPECT_FALSE(parse_dsp(deep, "X"));
  EXPECT_FALSE(parse_dsp("[]", "X"));
}

TEST(Messages, AFilterOfTheCatalogueIsAList) {
  const auto asked = parse_catalog_request(catalog_request_text(JsonArray{JsonObject{{"text", "x"}}}));
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->size(), 1U);
  Json request = parse_json(catalog_request_text()).value();
  request.as_object()["filter"] = "x";
  const auto refused = parse_catalog_request(to_text(request));
  ASSERT_FALSE(refused);
  EXPECT_EQ(code_info(refused.error().code).http, 400);
}

TEST(Messages, ErrorsCarryCodeAndHelpButNeverTheMessage) {
  const Error error = Error(Code::PurposeMismatch, "secret of the operator").with("purposes", "a, b");
  const std::string body = to_body(ErrorDocument{kIds, std::string(error.name()), reason_of(error)}, "TransferError");
  EXPECT_EQ(body.find("secret"), std::string::npos);
  const auto document = parse_error(body);
  ASSERT_TRUE(document);
  const Error back = error_of(*document, "farm.jp.example");
  EXPECT_EQ(back.code, Code::PurposeMismatch);
  EXPECT_EQ(back.help, (std::vector<std::pair<std::string, std::string>>{
                           {"peer", "farm.jp.example"}, {"peer_code", "PURPOSE_MISMATCH"}, {"purposes", "a, b"}}));
  EXPECT_EQ(error_of({kIds, "SOMETHING", {}}, "x").code, Code::PeerRefused);
  EXPECT_FALSE(parse_error("{}"));
  EXPECT_FALSE(parse_error("nonsense"));
}

TEST(Messages, TheSameMessageHasOneDigestHoweverItIsSpelled) {
  EXPECT_EQ(message_digest(R"({"a":1,"b":[true]})"), message_digest(R"({ "b" : [ true ], "a" : 1 })"));
  EXPECT_NE(message_digest(R"({"a":1})"), message_digest(R"({"a":2})"));
}

TEST(Messages, CallbackAddresses) {
  struct Case {
    const char* address;
    const char* path;  // null: refused
  };
  for (const Case& one : {Case{"https://a.example/dsp", "/dsp"}, Case{"https://a.example/dsp/", "/dsp"}, Case{"https://a.example/dsp//", nullptr}, Case{"https://a.example:8443/x", "/x"},
                          Case{"https://A.example/x", "/x"}, Case{"https://a.example", ""}, Case{"http://a.example/x", nullptr},
                          Case{"https://b.example/x", nullptr}, Case{"https://a.example.b/x", nullptr}, Case{"https://a.example/x?y", nullptr},
                          Case{"https://a.example/x#y", nullptr}, Case{"https://u@a.example/x", nullptr}, Case{"https://a.example/%2e%2e/x", nullptr},
                          Case{"//a.example/x", nullptr}, Case{"", nullptr}}) {
    const Result<std::string> path = callback_path(one.address, "a.example");
    EXPECT_EQ(path.has_value(), one.path != nullptr) << one.address;
    if (path && one.path != nullptr) { EXPECT_EQ(*path, one.path) << one.address; }
  }
}

// The examples of the protocol: every message that this node takes is read.
TEST(Messages, ExamplesOfTheProtocol) {
  SEKISHO_DATA_OR_SKIP(folder, "dsp");
  struct Example {
    const char* file;
    bool (*reads)(const std::string& body);
  };
  const std::vector<Example> examples{
      {"catalog/example/catalog-request-message.json", [](const std::string& b) { return parse_dsp(b, "CatalogRequestMessage").has_value(); }},
      {"catalog/example/catalog-error.json", [](const std::string& b) { return parse_error(b).has_value(); }},
      {"negotiation/example/contract-request-message.json", [](const std::string& b) { return parse_contract_request(b).has_value(); }},
      {"negotiation/example/contract-request-message_initial.json", [](const std::string& b) { return parse_contract_request(b).has_value(); }},
      {"negotiation/example/contract-offer-message.json", [](const std::string& b) { return parse_contract_offer(b).has_value(); }},
      {"negotiation/example/contract-offer-message_initial.json", [](const std::string& b) { return parse_contract_offer(b).has_value(); }},
      {"negotiation/example/contract-agreement-message.json", [](const std::string& b) { return parse_contract_agreement(b).has_value(); }},
      {"negotiation/example/contract-agreement-message-full.json", [](const std::string& b) { return parse_contract_agreement(b).has_value(); }},
      {"negotiation/example/contract-agreement-verification-message.json", [](const std::string& b) { return parse_verification(b).has_value(); }},
      {"negotiation/example/contract-negotiation-event-message.json", [](const std::string& b) { return parse_negotiation_event(b).has_value(); }},
      {"negotiation/example/contract-negotiation-termination-message.json",
       [](const std::string& b) { return parse_negotiation_termination(b).has_value(); }},
      {"negotiation/example/contract-negotiation.json", [](const std::string& b) { return parse_negotiation(b).has_value(); }},
      {"negotiation/example/contract-negotiation-error.json", [](const std::string& b) { return parse_error(b).has_value(); }},
      {"transfer/example/transfer-request-message.json", [](const std::string& b) { return parse_transfer_request(b).has_value(); }},
      {"transfer/example/transfer-start-message.json", [](const std::string& b) { return parse_transfer_start(b).has_value(); }},
      {"transfer/example/transfer-suspension-message.json", [](const std::string& b) { return parse_transfer_suspension(b).has_value(); }},
      {"transfer/example/transfer-termination-message.json", [](const std::string& b) { return parse_transfer_termination(b).has_value(); }},
      {"transfer/example/transfer-completion-message.json", [](const std::string& b) { return parse_transfer_completion(b).has_value(); }},
      {"transfer/example/transfer-process.json", [](const std::string& b) { return parse_transfer(b).has_value(); }},
      {"transfer/example/transfer-error.json", [](const std::string& b) { return parse_error(b).has_value(); }}};
  for (const Example& example : examples) {
    EXPECT_TRUE(example.reads(test::read_text(folder / example.file))) << example.file;
  }
  test::print_cases("examples of DSP 2025-1 messages", examples.size());
}

}  // namespace
}  // namespace sekisho::node
