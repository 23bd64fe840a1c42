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

TransferRequestMessage push_request() {
  return {"urn:uuid:c", "urn:uuid:a", std::string(kPushFormat), "https://a.example", "p", std::nullopt,
          DataAddress{"https://in.a.example/sink", "t0ken", "bearer"}};
}

TEST(Messages, APushNamesItsEndpoint) {
  const auto push = parse_transfer_request(to_body(push_request()));
  ASSERT_TRUE(push) << push.error().chain();
  ASSERT_TRUE(push->address);
  EXPECT_EQ(push->address->endpoint, "https://in.a.example/sink");
  EXPECT_EQ(push->address->authorization(), "Bearer t0ken");
  TransferRequestMessage bare = push_request();
  bare.address->token.clear();
  EXPECT_EQ(parse_transfer_request(to_body(bare))->address->authorization(), "");
}

// Eclipse's connector: IRIs for names, no endpoint at the top, the token as it is to be sent.
TEST(Messages, ADataAddressIsReadAsEclipseWritesIt) {
  const auto message = parse_transfer_request(to_text(changed(to_body(push_request()), "dataAddress", parse_json(R"({"@type": "DataAddress",
      "endpointType": "https://w3id.org/idsa/v4.1/HTTP", "endpointProperties": [
      {"@type": "EndpointProperty", "name": "https://w3id.org/edc/v0.0.1/ns/endpoint", "value": "https://in.a.example/sink"},
      {"@type": "EndpointProperty", "name": "https://w3id.org/edc/v0.0.1/ns/endpointType", "value": "x"},
      {"@type": "EndpointProperty", "name": "https://w3id.org/edc/v0.0.1/ns/authorization", "value": "ey.ey.ey"}]})").value())));
  ASSERT_TRUE(message) << message.error().chain();
  EXPECT_EQ(message->address->endpoint, "https://in.a.example/sink");
  EXPECT_EQ(message->address->authorization(), "ey.ey.ey");
  const auto destination = parse_transfer_request(to_text(changed(to_body(push_request()), "dataAddress", parse_json(R"({"@type": "DataAddress",
      "endpointType": "HttpData", "endpointProperties": [
      {"@type": "EndpointProperty", "name": "https://w3id.org/edc/v0.0.1/ns/type", "value": "HttpData"},
      {"@type": "EndpointProperty", "name": "https://w3id.org/edc/v0.0.1/ns/baseUrl", "value": "https://in.a.example/sink"}]})").value())));
  ASSERT_TRUE(destination) << destination.error().chain();
  EXPECT_EQ(destination->address->endpoint, "https://in.a.example/sink");
}

TEST(Messages, ADataAddressIsReadStrictly) {
  struct Case {
    const char* name;
    const char* format;
    const char* address;  // null: none
    const char* pointer;
  };
  const std::string properties = R"({"@type": "DataAddress", "endpointType": "x", "endpoint": "https://a.example/", "endpointProperties": )";
  const auto property = [](std::string_view name, std::string_view value) {
    return std::string(R"({"@type": "EndpointProperty", "name": ")") + std::string(name) + R"(", "value": ")" + std::string(value) + R"("})";
  };
  const std::string long_token = properties + "[" + property("authorization", std::string(4097, 'x')) + "]}";
  const std::string twice = properties + "[" + property("authorization", "a") + "," + property("authorization", "b") + "]}";
  const std::string two_spellings =
      properties + "[" + property("authorization", "a") + "," + property("https://w3id.org/edc/v0.0.1/ns/authorization", "a") + "]}";
  const std::string two_endpoints = properties + "[" + property("https://w3id.org/edc/v0.0.1/ns/endpoint", "https://b.example/") + "]}";
  const std::string control = properties + "[" + property("authorization", "a\\r\\nX-Y: z") + "]}";
  const std::string another_type = properties + "[" + property("authType", "basic") + "]}";
  std::string many = properties + "[" + property("x", "y");
  for (int n = 0; n < 32; ++n) many += "," + property("x", "y");
  many += "]}";
  const std::string long_endpoint =
      R"({"@type": "DataAddress", "endpointType": "x", "endpoint": "https://a.example/)" + std::string(2048, 'x') + "\"}";
  for (const Case& one : {
           Case{"a pull with an address", "HttpData-PULL", R"({"@type": "DataAddress", "endpointType": "x"})", "/dataAddress"},
           Case{"a push without", "HttpData-PUSH", nullptr, "/dataAddress"},
           Case{"no endpoint", "HttpData-PUSH", R"({"@type": "DataAddress", "endpointType": "x"})", "/dataAddress/endpoint"},
           Case{"another type", "HttpData-PUSH", R"({"@type": "Address", "endpointType": "x"})", "/dataAddress/@type"},
           Case{"no endpointType", "HttpData-PUSH", R"({"@type": "DataAddress", "endpoint": "https://a.example/"})", "/dataAddress/endpointType"},
           Case{"a number", "HttpData-PUSH", R"({"@type": "DataAddress", "endpointType": "x", "endpoint": 1})", "/dataAddress/endpoint"},
           Case{"a long endpoint", "HttpData-PUSH", long_endpoint.c_str(), "/dataAddress/endpoint"},
           Case{"a long token", "HttpData-PUSH", long_token.c_str(), "/dataAddress/endpointProperties"},
           Case{"twice", "HttpData-PUSH", twice.c_str(), "/dataAddress/endpointProperties"},
           Case{"two spellings", "HttpData-PUSH", two_spellings.c_str(), "/dataAddress/endpointProperties"},
           Case{"two endpoints", "HttpData-PUSH", two_endpoints.c_str(), "/dataAddress/endpointProperties"},
           Case{"control characters", "HttpData-PUSH", control.c_str(), "/dataAddress/endpointProperties"},
           Case{"another authType", "HttpData-PUSH", another_type.c_str(), "/dataAddress/endpointProperties"},
           Case{"many", "HttpData-PUSH", many.c_str(), "/dataAddress/endpointProperties"},
       }) {
    std::optional<Json> address;
    if (one.address != nullptr) address = parse_json(one.address).value();
    Json message = changed(to_body(push_request()), "dataAddress", address);
    message.as_object()["format"] = one.format;
    const auto parsed = parse_transfer_request(to_text(message));
    ASSERT_FALSE(parsed) << one.name;
    EXPECT_EQ(parsed.error().code, Code::JsonShape) << one.name << " " << parsed.error().chain();
    ASSERT_FALSE(parsed.error().help.empty()) << one.name;
    EXPECT_EQ(parsed.error().help.front().second, one.pointer) << one.name;
  }
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
  const ErrorDocument failed{kIds, "PUSH_FAILED", reason_of(Error(Code::PushFailed, "secret").with("why", "it answered 404"))};
  EXPECT_EQ(error_of(failed, "farm.jp.example").message, "farm.jp.example refused: PUSH_FAILED: it answered 404");
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
