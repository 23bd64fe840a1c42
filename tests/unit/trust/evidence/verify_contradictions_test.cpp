// What one party can write into its own log, dates and all, and what the other statements of the bundle say to it.
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/trust/evidence/told.hpp"
#include "trust/pki/certificate.hpp"

namespace sekisho::trust {
namespace {

using namespace std::chrono_literals;
using testing::Crossing;
using testing::Told;

constexpr const char* kFarm = "did:web:farm.jp.example";
constexpr const char* kTrade = "did:web:trade.eu.example";

std::string print(const VerificationReport& report) {
  std::string out(verdict_info(report.verdict).name);
  for (const Finding& f : report.findings) {
    if (!f.ok())
      out += "\n  " + std::string(verdict_info(f.verdict).name) + " " + f.group + " " + f.member + ": " + f.detail;
  }
  return out;
}

// The verdict of the bundle, and, unless `detail` is empty, the finding that says why.
void expect(const VerificationReport& report, Verdict verdict, std::string_view group, std::string_view detail) {
  EXPECT_EQ(verdict_info(report.verdict).name, verdict_info(verdict).name) << print(report);
  if (detail.empty()) return;
  EXPECT_TRUE(std::ranges::any_of(report.findings,
                                  [&](const Finding& f) {
                                    return f.verdict == verdict && f.group == group &&
                                           f.detail.find(detail) != std::string::npos;
                                  }))
      << "no finding: " << group << " " << detail << "\n"
      << print(report);
}

constexpr Verdict kGood = Verdict::ValidUnconfirmed;

struct Altered {
  const char* name;
  StatementKind kind;
  std::function<void(Draft&)> alter;
  Verdict verdict;
  const char* group;
  const char* detail;
};

Json foreign(const char* did) { return JsonObject{{"did", did}, {"foreign", true}}; }

TEST(VerifyContradictions, WhatTheIssuerCallsForeignIsToldToNobody) {
  const Altered rows[] = {
      {"terms", StatementKind::Terms,
       [](Draft& d) { d.members["recipient"] = JsonObject{{"did", kTrade}, {"zone", "eu"}, {"foreign", true}}; },
       Verdict::Indeterminate, "twin", "called foreign"},
      {"nothing", StatementKind::Terms, [](Draft&) {}, kGood, "", ""},
  };
  for (const Altered& row : rows) {
    SCOPED_TRACE(row.name);
    expect(Told({{row.kind, row.alter}}).verified(), row.verdict, row.group, row.detail);
  }
}

Draft agreement(std::string_view digest, const Json& provider, const Json& consumer) {
  Draft d = testing::draft_of(StatementKind::Agreement);
  d.agreement = testing::digest_of(digest);
  d.members["provider"] = provider;
  d.members["consumer"] = consumer;
  return d;
}

struct Agreed {
  const char* name;
  std::function<void(Told&)> tell;
  Verdict verdict;
  const char* group;
  const char* detail;
};

TEST(VerifyContradictions, AgreementsAreOfTheirParties) {
  const Json farm = testing::party(kFarm, "jp"), trade = testing::party(kTrade, "eu");
  const Json other = testing::party("did:web:other.jp.example", "jp"), away = testing::party(kFarm, "eu");
  const Json elsewhere = testing::party("did:web:other.eu.example", "eu");
  const Agreed rows[] = {
      {"agreed, verified, final",
       [&](Told& t) {
         t.state(t.c.farm, agreement("a", farm, trade), true);
         t.state(t.c.trade, agreement("a", farm, trade), true);
         t.state(t.c.farm, agreement("a", farm, trade), true);
       },
       kGood, "", ""},
      // Evidence that can be left out unseen is none: also where the consumer has read the final word as a state alone.
      {"the final word has no twin",
       [&](Told& t) {
         t.state(t.c.farm, agreement("a", farm, trade), true);
         t.state(t.c.trade, agreement("a", farm, trade), true);
         t.state(t.c.farm, agreement("a", farm, trade), false);
       },
       Verdict::Indeterminate, "twin", "of the other party's log is missing"},
      {"the first word has no twin", [&](Told& t) { t.state(t.c.farm, agreement("a", farm, trade), false); },
       Verdict::Indeterminate, "twin", "of the other party's log is missing"},
      {"the verification has no twin",
       [&](Told& t) {
         t.state(t.c.farm, agreement("a", farm, trade), true);
         t.state(t.c.trade, agreement("a", farm, trade), false);
       },
       Verdict::Indeterminate, "twin", "of the other party's log is missing"},
      {"a final word without the first",
       [&](Told& t) { t.state(t.c.farm, agreement("agreement", farm, trade), false); }, Verdict::Indeterminate, "twin",
       "of the other party's log is missing"},
      {"a final word to another than the first",
       [&](Told& t) {
         t.state(t.c.farm, agreement("a", farm, trade), true);
         t.state(t.c.farm, agreement("a", farm, elsewhere), false);
       },
       Verdict::Indeterminate, "twin", "of the other party's log is missing"},
      {"nobody heard it, and its consumer is called foreign",
       [&](Told& t) { t.state(t.c.farm, agreement("a", farm, foreign(kTrade)), false); }, Verdict::Indeterminate,
       "twin", "called foreign"},
      {"its issuer is no party", [&](Told& t) { t.state(t.c.farm, agreement("a", other, trade), true); },
       Verdict::Contested, "terms", "of which its issuer is no party"},
      {"its issuer is of another zone than it says",
       [&](Told& t) { t.state(t.c.farm, agreement("a", away, trade), true); }, Verdict::Contested, "terms",
       "of which its issuer is no party"},
      {"the release is to another than the consumer",
       [&](Told& t) { t.state(t.c.farm, agreement("agreement", farm, elsewhere), false); }, Verdict::Contested, "terms",
       "between other parties"},
      {"the release is by the consumer",
       [&](Told& t) { t.state(t.c.farm, agreement("agreement", trade, farm), false); }, Verdict::Contested, "terms",
       "between other parties"},
  };
  for (const Agreed& row : rows) {
    SCOPED_TRACE(row.name);
    Told told;
    row.tell(told);
    expect(told.verified(), row.verdict, row.group, row.detail);
  }
}

TEST(VerifyContradictions, WhoIsNoPartyVerifiesNothing) {
  Told told;
  const Json farm = testing::party(kFarm, "jp"), other = testing::party("did:web:other.eu.example", "eu");
  told.state(told.c.farm, agreement("a", farm, other), true);
  told.state(told.c.trade, agreement("a", farm, other), true);
  const VerificationReport report = told.verified();
  ASSERT_EQ(report.agreements.size(), 1U) << print(report);
  EXPECT_TRUE(report.agreements[0].agreed);
  EXPECT_FALSE(report.agreements[0].verified);
}

// Clocks may differ by ten minutes.
TEST(VerifyContradictions, DatesOfOneExchangeAgree) {
  struct Row {
    const char* name;
    StatementKind kind;                // before it is made
    std::chrono::minutes farm, trade;  // the clocks are set forward by that
    Verdict verdict;
    const char* group;
    const char* detail;
  };
  const Row rows[] = {
      {"the provider's clock is behind the intent's", StatementKind::Intent, 0min, 9min, kGood, "", ""},
      {"the receipt's clock is behind the release's", StatementKind::Release, 9min, 0min, kGood, "", ""},
      {"a release before its intent", StatementKind::Intent, 0min, 11min, Verdict::Contested, "terms",
       "before the intent"},
      {"a receipt before its release", StatementKind::Release, 11min, 0min, Verdict::Contested, "receipt",
       "before its release"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    expect(Told({}, {{row.kind, {row.farm, row.trade}}}).verified(), row.verdict, row.group, row.detail);
  }
}

// Another snapshot of the zone eu, signed with its key.
Bytes snapshot_of(const Crossing& c, const std::function<void(TrustSnapshot&)>& alter) {
  TrustSnapshot snapshot = TrustSnapshot::parse(c.zones.eu.snapshot).value();
  alter(snapshot);
  return sign_snapshot(snapshot, c.zones.eu.authority->keys().status).value();
}

TEST(VerifyContradictions, AZoneSpeaksOnceAtATime) {
  struct Row {
    const char* name;
    std::function<void(TrustSnapshot&)> alter;
    Verdict verdict;
    const char* detail;
  };
  const Row rows[] = {
      {"a later one that nothing names", [](TrustSnapshot& s) { ++s.sequence, s.created += 1min; }, kGood, ""},
      {"two of one sequence", [](TrustSnapshot& s) { s.created += 1min; }, Verdict::Contested,
       "two snapshots of that sequence"},
      {"a later sequence, of before", [](TrustSnapshot& s) { ++s.sequence, s.created -= 1min; }, Verdict::Contested,
       "not later than the one before"},
      {"a later sequence, of the same instant", [](TrustSnapshot& s) { ++s.sequence; }, Verdict::Contested,
       "not later than the one before"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Told told;
    const Bytes bytes = snapshot_of(told.c, row.alter);
    told.snapshots.emplace(TrustSnapshot::parse(bytes).value().id, bytes);
    expect(told.verified(), row.verdict, "snapshot", row.detail);
  }
}

// A node that is revoked goes on under the snapshot that does not say so.
TEST(VerifyContradictions, ANewerSnapshotOfTheBundleRevokes) {
  struct Row {
    const char* name;
    std::chrono::seconds revoked, published, stated;  // after the exchange
    std::optional<std::chrono::seconds> invalid_since;
    bool newer;  // the snapshot with the list is in the bundle
    Verdict verdict;
    const char* detail;
  };
  const Row rows[] = {
      {"stated before", 20s, 30s, 10s, {}, true, kGood, ""},
      {"stated between revocation and list", 20s, 40s, 30s, {}, true, Verdict::InvalidAtExchange, "was revoked at"},
      {"stated after the list", 20s, 30s, 40s, {}, true, Verdict::InvalidAtExchange, "was revoked at"},
      {"stated after the list, which nobody has", 20s, 30s, 40s, {}, false, kGood, ""},
      {"stated before, but invalid since", 20s, 30s, 10s, 5s, true, Verdict::Contested, "is said to be invalid since"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Told told;
    const test::TestZone old = told.c.zones.eu;
    told.c.trade.zone = &old;
    const Certificate leaf = Certificate::parse(told.c.zones.trade.statement_chain[0]).value();
    std::optional<Instant> since;
    if (row.invalid_since) since = testing::kNow + *row.invalid_since;
    const Status revoked = told.c.zones.eu.authority->revoke(leaf, 1, since, testing::kNow + row.revoked);
    ASSERT_TRUE(revoked) << revoked.error().chain();
    test::publish(told.c.zones.eu, testing::kNow + row.published);
    if (row.newer) told.add_snapshot(*told.c.zones.eu.state);
    told.c.trade.clock = testing::kNow + row.stated;
    Draft intent = testing::draft_of(StatementKind::Intent);
    intent.members["exchange"] = "01931f3a-7c00-7000-8000-100000000001";
    told.state(told.c.trade, intent, false);
    expect(told.verified(), row.verdict, "path", row.detail);
  }
}

// Whoever hands a chain over may add to it, so that its own statements would be void.
TEST(VerifyContradictions, ARevokedStrangerInAChainRevokesNothing) {
  Told told;
  const test::TestZone old = told.c.zones.eu;
  told.c.trade.zone = &old;
  test::TestNode& trade = told.c.zones.trade;
  const test::TestNode earlier = test::enrol(told.c.zones.eu, trade.dns, trade.organization, testing::kNow - 20s);
  const Certificate superseded = Certificate::parse(earlier.statement_chain[0]).value();
  const Status revoked = told.c.zones.eu.authority->revoke(superseded, 4, std::nullopt, testing::kNow - 10s);
  ASSERT_TRUE(revoked) << revoked.error().chain();
  test::publish(told.c.zones.eu, testing::kNow + 30s);
  told.add_snapshot(*told.c.zones.eu.state);
  trade.statement_chain.push_back(superseded.der());
  expect(told.verified(), kGood, "path", "");
}

}  // namespace
}  // namespace sekisho::trust
