// What whoever makes a bundle may leave out or tell to one alone, and what the bundle then proves no more.
#include <gtest/gtest.h>

#include "base/core/json.hpp"
#include "tests/unit/trust/evidence/bundle_members.hpp"
#include "tests/unit/trust/evidence/told.hpp"

namespace sekisho::trust {
namespace {

using testing::bundle_of;
using testing::Crossing;
using testing::digest_of;
using testing::has;
using testing::Members;
using testing::members_of;
using testing::print;
using testing::Told;

// Without the intent nothing of the recipient bounds the release's date from below.
TEST(VerifyOmissions, AReleaseNeedsTheIntentThatItNames) {
  const Crossing c;
  Members some = members_of(c.bundle());
  ASSERT_EQ(some.erase(statement_member(statement_id(c.intent.payload))), 1U);
  ASSERT_EQ(some.erase(log_folder(c.trade.origin()) + "proofs/6"), 1U);
  const VerificationReport report = verify_bundle(bundle_of(some), c.roots());
  EXPECT_EQ(report.verdict, Verdict::Indeterminate) << print(report);
  EXPECT_TRUE(has(report, "terms", Verdict::Indeterminate)) << print(report);
}

// A recipient that says "rejected" to the provider and "verified" to whoever asks.
TEST(VerifyOmissions, AReleaseHasOneEnd) {
  struct Row {
    const char* outcome;
    bool same_data;
    Verdict verdict;
  };
  const Row rows[] = {{"rejected", true, Verdict::Contested},
                      {"verified", false, Verdict::Contested},
                      {"verified", true, Verdict::ValidUnconfirmed}};
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.outcome) + (row.same_data ? " of the same data" : " of other data"));
    Told told;
    Draft again = testing::draft_of(StatementKind::Receipt);
    again.members["of"] = to_hex(statement_id(told.c.release.payload));
    again.members["outcome"] = row.outcome;
    again.members["bytes"] = told.c.data.size();
    again.members["commitment"] = to_hex(row.same_data ? commit(told.c.salt, told.c.data).value : digest_of("other"));
    told.state(told.c.trade, again, true);
    const VerificationReport report = told.verified();
    EXPECT_EQ(report.verdict, row.verdict) << print(report);
    EXPECT_EQ(has(report, "receipt", Verdict::Contested), row.verdict == Verdict::Contested) << print(report);
    ASSERT_EQ(report.facts.size(), 1U);
    EXPECT_EQ(report.facts[0].recipient_log, "trade.eu.example/sekisho/2026h2#8") << "not the first";
  }
}

// The document says what was agreed on; the terms say what was released.
TEST(VerifyOmissions, TheDatasetIsTheOneThatWasAgreedOn) {
  for (const auto& [target, verdict] :
       {std::pair("harvest", Verdict::ValidUnconfirmed), std::pair("weather", Verdict::Contested)}) {
    SCOPED_TRACE(target);
    const std::string document = to_text(JsonObject{
        {"target", target}, {"assigner", "did:web:farm.jp.example"}, {"assignee", "did:web:trade.eu.example"}});
    const auto under_it = [&document](Draft& d) { d.agreement = digest_of(document); };
    Told told({{StatementKind::Terms, under_it},
               {StatementKind::Intent, under_it},
               {StatementKind::Release, under_it},
               {StatementKind::Receipt, under_it}});
    Draft agreement = testing::draft_of(StatementKind::Agreement);
    under_it(agreement);
    const Envelope agreed = told.state(told.c.farm, agreement, true);
    told.disclosures.push_back({statement_id(agreed.payload), Digest{}, to_bytes(document)});
    const VerificationReport report = told.verified();
    EXPECT_EQ(report.verdict, verdict) << print(report);
    EXPECT_EQ(has(report, "terms", Verdict::Contested), verdict == Verdict::Contested) << print(report);
  }
}

// The checkpoint is of today; the statements are from before the node had the key that signed it.
TEST(VerifyOmissions, AChangedLogKeyIsKnownFromALaterSnapshot) {
  for (const bool added : {true, false}) {
    SCOPED_TRACE(added ? "with the later snapshot" : "without");
    Told told;
    const test::TestZone old = told.c.zones.jp;
    told.c.farm.zone = &old;
    test::TestNode& farm = told.c.zones.farm;
    farm.log_key =
        test::enrol(told.c.zones.jp, farm.dns, farm.organization, testing::kNow + std::chrono::seconds(20)).log_key;
    test::publish(told.c.zones.jp, testing::kNow + std::chrono::seconds(30));
    if (added) told.add_snapshot(*told.c.zones.jp.state);
    const VerificationReport report = told.verified();
    EXPECT_EQ(report.verdict, added ? Verdict::ValidUnconfirmed : Verdict::Tampered) << print(report);
    EXPECT_EQ(has(report, "log", Verdict::Tampered), !added) << print(report);
  }
}

// A stream of two windows, all of which its recipient verified.
struct Stream {
  Told told;
  const Bytes first = to_bytes("one\n"), whole = to_bytes("one\ntwo\n");
  const char* exchange = "01931f3a-7c00-7000-8000-100000000002";
  Digest open{};

  Stream() {
    Draft opening = testing::draft_of(StatementKind::StreamOpen);
    for (const char* member : {"intent", "resumeOf", "chunk"}) opening.members.erase(member);
    opening.members["terms"] = to_hex(statement_id(told.c.terms.payload));
    opening.members["exchange"] = exchange;
    open = statement_id(told.state(told.c.farm, opening, true).payload);
    state(StatementKind::StreamHead, told.c.farm, first, 1);
    state(StatementKind::StreamHead, told.c.farm, whole, 2);
    state(StatementKind::StreamEnd, told.c.farm, whole, 2);
    state(StatementKind::Receipt, told.c.trade, whole, 2);
  }

  void state(StatementKind kind, testing::LogNode& node, BytesView prefix, int chunks) {
    Draft draft = testing::draft_of(kind);
    const Digest commitment = prefix_of(chunks);
    if (!draft.subject.empty()) draft.subject = {{exchange, commitment}};
    draft.members["of"] = to_hex(open);
    draft.members["exchange"] = exchange;
    draft.members["bytes"] = prefix.size();
    draft.members["chunks"] = chunks;
    draft.members["commitment"] = to_hex(commitment);
    told.state(node, draft, true);
  }

  [[nodiscard]] Digest prefix_of(int chunks) const {
    ContentHasher hasher;
    for (int n = 0; n < chunks; ++n) {
      if (!hasher.add_chunk(BytesView(whole).subspan(static_cast<std::size_t>(n) * 4, 4)))
        throw std::logic_error("chunk");
    }
    return hasher.finish(told.c.salt).value;
  }
};

TEST(VerifyOmissions, AStreamIsDisclosedAsFarAsItWasReceived) {
  for (const bool whole : {true, false}) {
    SCOPED_TRACE(whole ? "whole" : "cut between its windows");
    Stream stream;
    stream.told.disclosures.push_back({stream.open, stream.told.c.salt, whole ? stream.whole : stream.first});
    const VerificationReport report = stream.told.verified();
    EXPECT_EQ(report.verdict, whole ? Verdict::ValidUnconfirmed : Verdict::Indeterminate) << print(report);
    EXPECT_EQ(has(report, "disclosure", Verdict::Indeterminate), !whole) << print(report);
  }
}

}  // namespace
}  // namespace sekisho::trust
