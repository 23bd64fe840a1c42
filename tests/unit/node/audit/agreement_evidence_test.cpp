// An agreement proven offline from what the nodes export, years later: who agreed to what, when, and in whose log it stands.
#include <gtest/gtest.h>

#include "base/core/encoding.hpp"
#include "node/audit/export.hpp"
#include "node/journal/materials.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"
#include "trust/evidence/bundle.hpp"
#include "trust/evidence/verify_bundle.hpp"

namespace sekisho::node::testing {
namespace {

std::string print(const trust::VerificationReport& report) {
  std::string out(trust::verdict_info(report.verdict).name);
  for (const trust::Finding& f : report.findings) {
    if (!f.ok()) out += "\n  " + f.group + " " + f.member + ": " + f.detail;
  }
  return out;
}

class AgreementEvidence : public ::testing::Test {
 protected:
  void SetUp() override {
    for (auto [party, zone] : {std::pair{nodes_.farm.get(), &nodes_.zones.jp}, std::pair{nodes_.trade.get(), &nodes_.zones.eu}}) {
      ASSERT_TRUE(party->certificates->archive_own());
      Unit unit;
      unit.mutations.push_back(archive_material(MaterialKind::Snapshot, party->trust.current()->digest(), zone->snapshot));
      ASSERT_TRUE(party->journal->commit_blocking(std::move(unit)));
    }
    const auto agreed = nodes_.negotiate();
    ASSERT_TRUE(agreed) << agreed.error().chain();
    ASSERT_TRUE(nodes_.settle());
    agreement_ = *agreed;
    // The certificates of both have long run out when the auditor asks.
    for (TestParty* party : {nodes_.farm.get(), nodes_.trade.get()}) party->clock->advance(std::chrono::hours(24 * 365 * 6));
  }

  BundleMembers exported(TestParty& party) const {
    const auto publisher = Publisher::start(*party.journal, {party.self.log_signer, {}, std::chrono::hours(1), 1'000'000}).value();
    AuditFilter filter;
    filter.agreement = to_hex(agreement_->digest);
    const MemoryDisclosures none;
    auto members = export_members(party.journal->reader(), *party.storage, none, publisher->publish_now().value(), filter);
    EXPECT_TRUE(members) << members.error().chain();
    return members.value_or(BundleMembers{});
  }
  [[nodiscard]] trust::VerificationReport judge(const std::vector<BundleMembers>& parts) const {
    trust::BundleWriter writer;
    for (const BundleMembers& part : parts) {
      for (const auto& [name, content] : part) EXPECT_TRUE(writer.add(name, content)) << name;
    }
    return trust::verify_bundle(writer.finish().value(),
                                {{"jp", nodes_.zones.jp.state->root_digest()}, {"eu", nodes_.zones.eu.state->root_digest()}});
  }
  void expect_told(const trust::VerificationReport& report) const {
    ASSERT_EQ(report.agreements.size(), 1U);
    const trust::AgreementFacts& facts = report.agreements.front();
    EXPECT_EQ(facts.agreement, to_hex(agreement_->digest));
    EXPECT_EQ(facts.provider, "did:web:farm.jp.example");
    EXPECT_EQ(facts.consumer, "did:web:trade.eu.example");
    ASSERT_TRUE(facts.agreed && facts.verified && facts.finalized);
    EXPECT_LT(*facts.agreed, *facts.finalized);
    EXPECT_TRUE(facts.agreed_log.starts_with("farm.jp.example/")) << facts.agreed_log;
    EXPECT_TRUE(facts.verified_log.starts_with("trade.eu.example/")) << facts.verified_log;
    EXPECT_TRUE(facts.finalized_log.starts_with("farm.jp.example/")) << facts.finalized_log;
    const Result<Json> document = parse_json(facts.document);
    ASSERT_TRUE(document);
    EXPECT_TRUE(*document == agreement_->document) << facts.document;
  }

  TwoNodes nodes_;
  std::shared_ptr<const AgreementRecord> agreement_;
};

TEST_F(AgreementEvidence, OfBothSidesIsProvenLongAfter) {
  const trust::VerificationReport report = judge({exported(*nodes_.farm), exported(*nodes_.trade)});
  EXPECT_LE(report.verdict, trust::Verdict::ValidUnconfirmed) << print(report);
  expect_told(report);
}

// One side alone: every statement with its seal, chain and document; what the other's log would add is named as missing.
TEST_F(AgreementEvidence, OfEitherSideTellsTheWhole) {
  for (TestParty* party : {nodes_.farm.get(), nodes_.trade.get()}) {
    SCOPED_TRACE(party->self.dns);
    const trust::VerificationReport report = judge({exported(*party)});
    EXPECT_EQ(report.verdict, trust::Verdict::Indeterminate) << print(report);
    expect_told(report);
    for (const trust::Finding& f : report.findings) {
      const bool other_log = f.group == "twin" || f.detail.find("snapshot") != std::string::npos;
      EXPECT_TRUE(f.ok() || other_log) << f.group << " " << f.member << ": " << f.detail;
    }
    std::size_t seals = 0;
    for (const trust::Finding& f : report.findings) seals += f.group == "seal" && f.ok() ? 1U : 0U;
    EXPECT_EQ(seals, 3U);
  }
}

TEST_F(AgreementEvidence, WithAnotherDocumentIsTampered) {
  const BundleMembers farm = exported(*nodes_.farm), trade = exported(*nodes_.trade);
  struct Case {
    const char* name;
    void (*alter)(trust::Disclosure& disclosure);
  };
  const Case cases[] = {
      {"another action",
       [](trust::Disclosure& d) {
         std::string text(as_text(*d.data));
         text.replace(text.find("use"), 3, "own");
         d.data = to_bytes(text);
       }},
      {"another spelling", [](trust::Disclosure& d) { d.data = to_bytes(std::string(as_text(*d.data)) + " "); }},
      {"nothing", [](trust::Disclosure& d) { d.data.reset(); }},
      {"a salt", [](trust::Disclosure& d) { d.salt = Digest{1}; }},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    std::vector<BundleMembers> parts{farm, trade};
    std::size_t altered = 0;
    for (BundleMembers& members : parts) {
      for (auto& [name, content] : members) {
        if (!name.starts_with("disclosures/")) continue;
        trust::Disclosure disclosure = trust::parse_disclosure(as_text(content)).value();
        one.alter(disclosure);
        content = to_bytes(trust::format_disclosure(disclosure));
        ++altered;
      }
    }
    EXPECT_EQ(altered, 2U);
    const trust::VerificationReport report = judge(parts);
    EXPECT_EQ(report.verdict, trust::Verdict::Tampered) << print(report);
    ASSERT_EQ(report.agreements.size(), 1U);
    EXPECT_TRUE(report.agreements.front().document.empty());
  }
}

}  // namespace
}  // namespace sekisho::node::testing
