#include "policy/offer.hpp"

#include <gtest/gtest.h>

#include "base/crypto/digest.hpp"
#include "policy/agreement.hpp"
#include "policy/view.hpp"
#include "tests/unit/policy/policies.hpp"

namespace sekisho::policy {
namespace {

using test::atom;
using test::permission;

const std::string kViewId = std::string(kViewPrefix) + std::string(64, 'a');

Result<BuiltOffer> built(const std::string& rules, std::optional<std::string> view = std::nullopt) {
  return build_offer({"urn:offer:1", test::json("{" + rules + "}"), std::move(view)});
}

std::string demo_rules() {
  return fmt::format(R"("permission":[{}],"prohibition":[{{"action":"distribute"}},{{"action":"transfer"}}])",
                     permission("read", atom("purpose", "isAnyOf", R"(["recall","food-safety"])") + "," +
                                            atom(test::kZone, "eq", R"("eu")")));
}

AgreementParts parts() {
  return {"urn:agreement:1", "did:web:farm.jp.example", "did:web:trade.eu.example", "urn:dataset:1",
          from_rfc3339("2026-11-24T01:02:03Z").value()};
}

TEST(Offer, IsWrittenInOneForm) {
  const auto offer = built(demo_rules());
  ASSERT_TRUE(offer.has_value()) << offer.error().chain();
  const JsonObject& document = offer->document.as_object();
  EXPECT_FALSE(document.contains("target"));
  EXPECT_EQ(document.at("profile").as_string(), kSekishoProfile);
  EXPECT_EQ(document.at("permission").as_array().front().at("action").as_string(), "odrl:read");
  const auto again = admit_policy(offer->document, PolicyKind::CatalogueOffer);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->digest, offer->ir.digest);
}

TEST(Offer, TheViewOfTheDatasetBecomesATerm) {
  const auto offer = built(demo_rules(), kViewId);
  ASSERT_TRUE(offer.has_value()) << offer.error().chain();
  EXPECT_EQ(named_view(offer->ir), view_digest_from_id(kViewId).value());
  EXPECT_NE(offer->ir.digest, built(demo_rules())->ir.digest);
  const auto again = admit_policy(offer->document, PolicyKind::CatalogueOffer);
  ASSERT_TRUE(again.has_value()) << again.error().chain();
  EXPECT_EQ(again->digest, offer->ir.digest);
  const std::string named = fmt::format(
      R"("permission":[{}])", permission("read", atom(test::kViewOperand, "eq", fmt::format(R"("{}")", kViewId))));
  EXPECT_EQ(built(named, kViewId)->ir.digest, built(named)->ir.digest);
}

TEST(Offer, FromCatalogueToAgreement) {
  const auto offer = built(demo_rules(), kViewId);
  const Result<Json> message = message_offer(offer->document, "urn:dataset:1");
  ASSERT_TRUE(message.has_value());
  EXPECT_TRUE(same_offer(offer->ir.digest, "urn:dataset:1", *message, PolicyKind::MessageOffer).has_value());
  const Result<Json> document = agreement_document(*message, parts());
  ASSERT_TRUE(document.has_value()) << document.error().chain();
  EXPECT_TRUE(same_offer(offer->ir.digest, "urn:dataset:1", *document, PolicyKind::Agreement).has_value());
  EXPECT_EQ(rules_digest(*document, PolicyKind::Agreement).value(), offer->ir.digest);

  const auto agreement = Agreement::parse(*document);
  ASSERT_TRUE(agreement.has_value()) << agreement.error().chain();
  EXPECT_EQ((*agreement)->digest, sha256(as_bytes(canonical_json(*document).value())));
  EXPECT_EQ((*agreement)->assignee, "did:web:trade.eu.example");
  EXPECT_EQ((*agreement)->view, view_digest_from_id(kViewId).value());
  EXPECT_EQ((*agreement)->purposes, (std::vector<std::string>{"food-safety", "recall"}));
  EXPECT_TRUE((*agreement)->program.grants());
}

// Attack 16 and check A14: what comes back must be what was offered.
TEST(Offer, SubstitutionIsFound) {
  const auto offer = built(demo_rules());
  const Json message = message_offer(offer->document, "urn:dataset:1").value();
  struct Row {
    std::string_view name;
    void (*change)(JsonObject&);
    Code code;
  };
  const std::vector<Row> rows{
      {"another target", [](JsonObject& o) { o["target"] = "urn:dataset:2"; }, Code::OfferMismatch},
      {"a constraint less",
       [](JsonObject& o) { o["permission"].as_array()[0].as_object()["constraint"].as_array().pop_back(); },
       Code::OfferMismatch},
      {"no constraints", [](JsonObject& o) { o["permission"].as_array()[0].as_object().erase("constraint"); },
       Code::OfferMismatch},
      {"a prohibition less", [](JsonObject& o) { o["prohibition"].as_array().pop_back(); }, Code::OfferMismatch},
      {"a permission more",
       [](JsonObject& o) { o["permission"].as_array().push_back(test::json(R"({"action":"use"})")); },
       Code::OfferMismatch},
      {"another action", [](JsonObject& o) { o["permission"].as_array()[0].as_object()["action"] = "use"; },
       Code::OfferMismatch},
      {"rule-level target",
       [](JsonObject& o) { o["permission"].as_array()[0].as_object()["target"] = "urn:dataset:2"; }, Code::JsonShape},
      {"an unknown term", [](JsonObject& o) { o["permission"].as_array()[0].as_object()["action"] = "odrl:play"; },
       Code::PolicyRefused},
  };
  for (const Row& row : rows) {
    JsonObject changed = message.as_object();
    row.change(changed);
    const Status same = same_offer(offer->ir.digest, "urn:dataset:1", changed, PolicyKind::MessageOffer);
    ASSERT_FALSE(same.has_value()) << row.name;
    EXPECT_EQ(same.error().code, row.code) << row.name << same.error().chain();
  }
}

TEST(Offer, RefusedWithAReport) {
  const auto offer = built(
      R"("permission":[{"action":"read","constraint":[{"leftOperand":"payAmount","operator":"lteq","rightOperand":"5"}]}])");
  ASSERT_FALSE(offer.has_value());
  EXPECT_EQ(offer.error().code, Code::PolicyRefused);
}

TEST(Agreement, AnExpiredOneIsStillRead) {
  const auto document = test::json(test::agreement_text(
      fmt::format(R"("permission":[{}])", permission("read", atom("dateTime", "lt", R"("2020-01-01")")))));
  EXPECT_TRUE(Agreement::parse(document).has_value());
}

TEST(Agreement, MustNameEverything) {
  for (const std::string_view member : {"@id", "@type", "target", "assigner", "assignee", "timestamp", "permission"}) {
    JsonObject document = test::json(test::agreement_text(R"("permission":[{"action":"odrl:read"}])")).as_object();
    document.erase(member);
    EXPECT_FALSE(Agreement::parse(document).has_value()) << member;
  }
}

}  // namespace
}  // namespace sekisho::policy
