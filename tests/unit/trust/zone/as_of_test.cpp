#include "trust/zone/as_of.hpp"

#include "tests/unit/trust/zone/zone_kit.hpp"

namespace sekisho::trust {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class AsOf : public ::testing::Test {
 protected:
  AsOfReport ask(const test::TestZone& zone, const test::TestNode& node, Instant at,
                 const std::vector<Bytes>& later = {}) const {
    return judge_as_of({.snapshot = zone.snapshot,
                        .roots = roots_,
                        .chain_der = node.statement_chain,
                        .use = Use::Statement,
                        .at = at,
                        .snapshot_digest = zone.state->digest(),
                        .snapshot_seq = zone.state->sequence(),
                        .later_crls = later});
  }
  Bytes later_crl(std::span<const RevokedEntry> revoked) const {
    return must(issue_crl(issuing_ca(zones_.jp), revoked, {50, kNow + hours(30), kNow + hours(60)})).der();
  }

  const test::TestZones& zones_ = shared_zones();
  std::map<std::string, Digest> roots_ = {{"jp", zones_.jp.state->root_digest()},
                                          {"eu", zones_.eu.state->root_digest()}};
};

TEST_F(AsOf, AStatementIsGoodUnderItsOwnRootAndThroughTheRecipients) {
  for (const test::TestZone* zone : {&zones_.jp, &zones_.eu}) {
    const AsOfReport report = ask(*zone, zones_.farm, kNow + minutes(5));
    EXPECT_EQ(report.verdict, AsOfVerdict::ValidUnconfirmed) << report.reason.chain();
    EXPECT_EQ(report.identity.did, zones_.farm.did);
    EXPECT_EQ(report.identity.home, zone == &zones_.jp);
    EXPECT_EQ(report.identity.statement_key, must(zones_.farm.statement_key.public_key().ed25519()));
  }
}

TEST_F(AsOf, ALaterListConfirmsContestsOrRefutes) {
  const Bytes serial = must(Certificate::parse(zones_.farm.statement_chain[0])).serial();
  const auto verdict = [&](std::span<const RevokedEntry> revoked) {
    return ask(zones_.jp, zones_.farm, kNow, {later_crl(revoked)}).verdict;
  };
  EXPECT_EQ(verdict({}), AsOfVerdict::Valid);
  const RevokedEntry after{serial, kNow + hours(1), std::nullopt, 1};
  EXPECT_EQ(verdict({&after, 1}), AsOfVerdict::Valid);
  const RevokedEntry before{serial, kNow - hours(1), std::nullopt, 1};
  EXPECT_EQ(verdict({&before, 1}), AsOfVerdict::Invalid);
  const RevokedEntry lost{serial, kNow + hours(1), kNow - hours(1), 1};
  EXPECT_EQ(verdict({&lost, 1}), AsOfVerdict::Contested);
  // A list of somebody else says nothing.
  const Bytes foreign =
      must(issue_crl(issuing_ca(zones_.xx), {&before, 1}, {50, kNow + hours(30), kNow + hours(60)})).der();
  EXPECT_EQ(ask(zones_.jp, zones_.farm, kNow, {foreign}).verdict, AsOfVerdict::ValidUnconfirmed);
}

TEST_F(AsOf, AStrangerInTheChainSaysNothing) {
  test::TestZones zones = test::make_test_zones(kNow);
  test::TestNode farm = zones.farm;
  const test::TestNode earlier = test::enrol(zones.jp, farm.dns, farm.organization, kNow);
  farm.statement_chain.push_back(earlier.statement_chain[0]);
  const RevokedEntry revoked{must(Certificate::parse(earlier.statement_chain[0])).serial(), kNow - hours(1),
                             std::nullopt, 4};
  EXPECT_EQ(ask(zones_.jp, farm, kNow, {later_crl({&revoked, 1})}).verdict, AsOfVerdict::Valid);
}

// Two CAs of one name: the list of the one says nothing of what the other issued.
TEST_F(AsOf, AListSpeaksOnlyOfWhatItsOwnCaIssued) {
  const test::TestZone namesake = test::make_zone("jp", kNow);
  const Certificate leaf = must(Certificate::parse(zones_.farm.statement_chain[0]));
  const Certificate& issuer = zones_.jp.authority->descriptor().issuing_cas.front();
  const Certificate& other = namesake.authority->descriptor().issuing_cas.front();
  ASSERT_EQ(issuer.subject_der(), other.subject_der());
  const RevokedEntry revoked{leaf.serial(), kNow - hours(1), std::nullopt, 1};
  const Crl own = must(issue_crl(issuing_ca(zones_.jp), {&revoked, 1}, {50, kNow + hours(30), kNow + hours(60)}));
  const Crl foreign = must(issue_crl(issuing_ca(namesake), {&revoked, 1}, {50, kNow + hours(30), kNow + hours(60)}));
  EXPECT_TRUE(speaks_of(own, leaf, issuer));
  EXPECT_FALSE(speaks_of(foreign, leaf, issuer));
  EXPECT_FALSE(speaks_of(foreign, leaf, other));
  EXPECT_FALSE(speaks_of(own, leaf, other));
}

TEST_F(AsOf, TheAuditorsRootsDecide) {
  const Digest good = roots_["jp"];
  roots_.erase("jp");
  EXPECT_EQ(ask(zones_.jp, zones_.farm, kNow).verdict, AsOfVerdict::Indeterminate);
  roots_["jp"] = zones_.xx.state->root_digest();
  EXPECT_EQ(ask(zones_.jp, zones_.farm, kNow).verdict, AsOfVerdict::Invalid);
  EXPECT_EQ(ask(zones_.eu, zones_.farm, kNow).verdict, AsOfVerdict::Invalid)
      << "eu recognises another root than the auditor's jp";
  roots_["jp"] = good;
  EXPECT_EQ(ask(zones_.eu, zones_.farm, kNow).verdict, AsOfVerdict::ValidUnconfirmed);
}

TEST_F(AsOf, TimesThatNoStatusCoversAreIndeterminate) {
  EXPECT_EQ(ask(zones_.jp, zones_.farm, kNow + hours(25)).verdict, AsOfVerdict::Indeterminate);
  const AsOfReport early = ask(zones_.jp, zones_.farm, kNow - hours(2));
  EXPECT_NE(early.verdict, AsOfVerdict::ValidUnconfirmed);
}

TEST_F(AsOf, AnotherSnapshotThanTheStatementNamesIsInvalid) {
  AsOfInput input{.snapshot = zones_.jp.snapshot,
                  .roots = roots_,
                  .chain_der = zones_.farm.statement_chain,
                  .use = Use::Statement,
                  .at = kNow,
                  .snapshot_digest = zones_.eu.state->digest(),
                  .snapshot_seq = std::nullopt,
                  .later_crls = {}};
  EXPECT_EQ(judge_as_of(input).verdict, AsOfVerdict::Invalid);
  input.snapshot_digest.reset();
  input.snapshot_seq = zones_.jp.state->sequence() + 1;
  EXPECT_EQ(judge_as_of(input).verdict, AsOfVerdict::Invalid);
  const Bytes garbage = {1, 2, 3};
  input.snapshot = garbage;
  EXPECT_EQ(judge_as_of(input).verdict, AsOfVerdict::Invalid);
}

TEST_F(AsOf, OnePreparedSnapshotAnswersManyQuestions) {
  const auto prepared = AsOfSnapshot::prepare(zones_.jp.snapshot);
  ASSERT_TRUE(prepared) << prepared.error().chain();
  EXPECT_EQ(prepared->snapshot().id, zones_.jp.state->digest());
  AsOfInput input{.snapshot = {},
                  .roots = roots_,
                  .chain_der = zones_.trade.statement_chain,
                  .use = Use::Statement,
                  .at = kNow,
                  .snapshot_digest = std::nullopt,
                  .snapshot_seq = std::nullopt,
                  .later_crls = {}};
  for (const auto& [at, verdict] :
       {std::pair(kNow, AsOfVerdict::ValidUnconfirmed), std::pair(kNow + minutes(1), AsOfVerdict::ValidUnconfirmed),
        std::pair(kNow + hours(25), AsOfVerdict::Indeterminate), std::pair(kNow - hours(2), AsOfVerdict::Invalid)}) {
    input.at = at;
    EXPECT_EQ(prepared->judge(input).verdict, verdict);
  }
  input.at = kNow;
  input.chain_der = zones_.stranger.statement_chain;
  EXPECT_EQ(prepared->judge(input).reason.code, Code::ZoneNotRecognised);
  EXPECT_FALSE(AsOfSnapshot::prepare(zones_.jp.descriptor));
}

TEST_F(AsOf, ASuspendedRecognitionIsInvalid) {
  test::TestZones zones = test::make_test_zones(kNow);
  must(zones.eu.authority->suspend("jp", "incident", kNow));
  test::publish(zones.eu, kNow);
  const std::map<std::string, Digest> roots = {{"eu", zones.eu.state->root_digest()}};
  const AsOfReport report = judge_as_of({.snapshot = zones.eu.snapshot,
                                         .roots = roots,
                                         .chain_der = zones.farm.statement_chain,
                                         .use = Use::Statement,
                                         .at = kNow,
                                         .snapshot_digest = std::nullopt,
                                         .snapshot_seq = std::nullopt,
                                         .later_crls = {}});
  EXPECT_EQ(report.verdict, AsOfVerdict::Invalid);
  EXPECT_EQ(report.reason.code, Code::RecognitionSuspended);
}

}  // namespace
}  // namespace sekisho::trust
