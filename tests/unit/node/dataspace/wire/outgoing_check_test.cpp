// The last look at what leaves: each kind of message of this node passes, what a peer would have to refuse does not.
#include "node/dataspace/outgoing_check.hpp"

#include <gtest/gtest.h>

#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

const ProcessIds kIds{"urn:uuid:p", "urn:uuid:c"};

Json policy(std::string_view type) {
  JsonObject use{{"action", "use"}};
  JsonObject document{{"@id", "urn:offer:1"}, {"@type", type}, {"target", "urn:dataset:1"}};
  document["permission"] = JsonArray{Json(std::move(use))};
  if (type != "Agreement") return Json(std::move(document));
  document["assigner"] = "did:web:a.example";
  document["assignee"] = "did:web:b.example";
  document["timestamp"] = "2026-11-24T13:00:00Z";
  return Json(std::move(document));
}

std::vector<std::string> all_kinds() {
  TransferRequestMessage transfer;
  transfer.consumer_pid = "urn:uuid:c";
  transfer.agreement_id = "urn:uuid:a";
  transfer.format = std::string(kPullFormat);
  transfer.callback = "https://b.example/dsp/2025-1";
  const EndMessage end{kIds, "EXPIRED", JsonArray{"why"}};
  return {catalog_request_text(),
          to_body(ContractRequestMessage{"urn:uuid:c", std::nullopt, "https://b.example/dsp/2025-1", policy("Offer")}),
          to_body(ContractRequestMessage{"urn:uuid:c", "urn:uuid:p", std::nullopt, policy("Offer")}),
          to_body(ContractOfferMessage{"urn:uuid:p", "urn:uuid:c", std::nullopt, policy("Offer")}),
          to_body(ContractAgreementMessage{kIds, policy("Agreement"), "c2VhbA"}),
          to_body(VerificationMessage{kIds, "c2VhbA"}),
          to_body(NegotiationEventMessage{kIds, NegotiationEvent::Finalized}),
          to_body(end, "ContractNegotiationTerminationMessage"),
          to_body(transfer),
          to_body(TransferStartMessage{kIds, DataAddress{"https://a.example/data/1", "token"}, std::nullopt}),
          to_body(CompletionMessage{kIds}),
          to_body(end, "TransferSuspensionMessage"),
          to_body(end, "TransferTerminationMessage")};
}

TEST(OutgoingCheck, EachKindOfMessagePasses) {
  for (const std::string& body : all_kinds()) {
    const Status sound = check_outgoing(body);
    EXPECT_TRUE(sound) << (sound ? "" : sound.error().chain()) << '\n' << body;
  }
}

TEST(OutgoingCheck, AMissingMemberStopsIt) {
  std::size_t tried = 0;
  for (const std::string& body : all_kinds()) {
    const Json whole = parse_json(body).value();
    for (const auto& member : whole.get_object()) {
      const std::string name(member.key());
      // One of two that exclude each other is not more needed than the other; these nobody needs.
      if (name == "code" || name == "reason" || name == "sekishoStatement" || name == "dataAddress") continue;
      JsonObject less = whole.get_object();
      less.erase(name);
      const Status sound = check_outgoing(to_text(Json(less)));
      ASSERT_FALSE(sound) << body << " without " << name;
      EXPECT_EQ(sound.error().code, Code::Internal);
      ++tried;
    }
  }
  EXPECT_GT(tried, 40U);
}

TEST(OutgoingCheck, WhatIsNoMessageStaysHere) {
  const std::string document = to_body(ProcessDocument{kIds, "REQUESTED"}, "ContractNegotiation");
  const std::string error = to_body(ErrorDocument{kIds, "INTERNAL", {}}, "TransferError");
  Json bare = policy("Offer");
  bare.as_object().erase("permission");
  const std::string empty_policy = to_body(ContractOfferMessage{"urn:uuid:p", "urn:uuid:c", std::nullopt, bare});
  const std::string unread_ids = to_body(CompletionMessage{{"urn:uuid:p", "a b"}});
  for (const std::string& body : {std::string(), std::string("{}"), std::string("\"@type\":\"CatalogRequestMessage\""), document, error, empty_policy, unread_ids}) {
    const Status sound = check_outgoing(body);
    ASSERT_FALSE(sound) << body;
    EXPECT_EQ(sound.error().code, Code::Internal);
  }
}

}  // namespace
}  // namespace sekisho::node
