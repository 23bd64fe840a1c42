#include "trust/evidence/verify_bundle.hpp"

#include <gtest/gtest.h>

#include "tests/unit/trust/evidence/bundle_members.hpp"
#include "tests/unit/trust/evidence/crossing.hpp"

namespace sekisho::trust {
namespace {

using testing::bundle_of;
using testing::Crossing;
using testing::has;
using testing::Members;
using testing::members_of;
using testing::print;

const Crossing& crossing() {
  static const Crossing c;
  return c;
}

// The path of a chain at an instant under a snapshot is always the same; the tests ask for a few over and over.
AsOfReport remembered_path(const AsOfInput& input) {
  static std::map<Digest, AsOfReport> known;
  Sha256 hash;
  hash.update(input.snapshot);
  for (const Bytes& der : input.chain_der) hash.update(der);
  hash.update(be64(static_cast<std::uint64_t>(input.at.time_since_epoch().count())));
  hash.update(input.snapshot_digest.value_or(Digest{}));
  hash.update(be64(input.snapshot_seq.value_or(0)));
  for (const auto& [zone, root] : input.roots) hash.update(root);
  const auto [it, fresh] = known.try_emplace(hash.finish());
  if (fresh) it->second = judge_as_of(input);
  return it->second;
}

VerificationReport verified(BytesView bundle, const std::map<std::string, Digest>& roots) {
  VerifyOptions options;
  options.judge = remembered_path;
  return verify_bundle(bundle, roots, options);
}

VerificationReport judge(const Members& members, const Crossing& c = crossing()) {
  return verified(bundle_of(members), c.roots());
}

TEST(VerifyBundle, AWholeExchangeIsValid) {
  const VerificationReport report = verify_bundle(crossing().bundle(), crossing().roots());
  EXPECT_EQ(report.verdict, Verdict::ValidUnconfirmed) << print(report);
  EXPECT_EQ(report.note, "not yet binding: no cosigned checkpoint");
  ASSERT_EQ(report.facts.size(), 1U);
  const ExchangeFacts& facts = report.facts[0];
  EXPECT_EQ(facts.exchange, testing::kExchange);
  EXPECT_EQ(facts.outcome, "released, verified");
  EXPECT_EQ(facts.provider, "did:web:farm.jp.example");
  EXPECT_EQ(facts.provider_zone, "jp");
  EXPECT_EQ(facts.recipient, "did:web:trade.eu.example");
  EXPECT_EQ(facts.recipient_zone, "eu");
  EXPECT_EQ(facts.dataset, "harvest");
  EXPECT_EQ(facts.purpose, "research");
  EXPECT_EQ(facts.agreement, testing::hex_of("agreement"));
  EXPECT_EQ(facts.provider_log, "farm.jp.example/sekisho/2026h2#4");
  EXPECT_EQ(facts.recipient_log, "trade.eu.example/sekisho/2026h2#8");
  EXPECT_EQ(facts.bytes, crossing().data.size());
  for (const char* group :
       {"path", "recognition", "seal", "log", "twin", "terms", "receipt", "order", "disclosure", "misconduct"}) {
    EXPECT_TRUE(std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& f) {
      return f.group == group;
    })) << group;
  }
}

TEST(VerifyBundle, ContributionsOfBothNodesMerge) {
  const Members all = members_of(crossing().bundle());
  Members one = all, two = all;
  std::erase_if(one, [](const auto& m) { return m.first.starts_with(log_folder(crossing().trade.origin())); });
  std::erase_if(two, [](const auto& m) { return m.first.starts_with(log_folder(crossing().farm.origin())); });
  EXPECT_EQ(judge(one).verdict, Verdict::Indeterminate);
  const std::vector<Bytes> parts = {bundle_of(one), bundle_of(two)};
  EXPECT_EQ(verified(merge_bundles(parts).value(), crossing().roots()).verdict, Verdict::ValidUnconfirmed);
}

// Audit report 7.8 row 23: any member left out.
TEST(VerifyBundle, EveryMissingMemberIsNoticed) {
  const Members all = members_of(crossing().bundle());
  // Disclosures may be erased by right; everything else is needed.
  for (const auto& [name, content] : all) {
    Members some = all;
    some.erase(name);
    const VerificationReport report = judge(some);
    if (name.starts_with("disclosures/")) {
      EXPECT_EQ(report.verdict, Verdict::ValidUnconfirmed) << name << ": " << print(report);
    } else {
      EXPECT_GE(report.verdict, Verdict::Indeterminate) << name;
    }
  }
}

TEST(VerifyBundle, EveryAlteredMemberIsNoticed) {
  const Members all = members_of(crossing().bundle());
  for (const auto& [name, content] : all) {
    for (const std::size_t at : {content.size() / 3, content.size() / 2, content.size() - 2}) {
      Members altered = all;
      altered[name][at] ^= 0x01;
      const VerificationReport report = judge(altered);
      EXPECT_GE(report.verdict, Verdict::Indeterminate) << name << " at " << at << ": " << print(report);
    }
  }
}

TEST(VerifyBundle, AlteredArchivesAreMalformed) {
  const Bytes good = crossing().bundle();
  for (const std::size_t at : {std::size_t{0}, std::size_t{150}, good.size() / 2, good.size() - 1}) {
    Bytes altered = good;
    altered[at] ^= 1;
    EXPECT_GE(verified(altered, crossing().roots()).verdict, Verdict::Tampered) << at;
  }
  EXPECT_EQ(verified(BytesView(good).first(good.size() - 512), crossing().roots()).verdict, Verdict::Malformed);
  EXPECT_EQ(verified({}, crossing().roots()).verdict, Verdict::Malformed);
}

TEST(VerifyBundle, MembersThatNothingRefersToAreMalformed) {
  const Members all = members_of(crossing().bundle());
  const std::string stranger = to_hex(testing::digest_of("stranger"));
  const Crossing& c = crossing();
  const std::vector<std::pair<const char*, std::pair<std::string, Bytes>>> cases = {
      {"unknown folder", {"notes/" + stranger, to_bytes("x")}},
      {"unknown name", {"readme", to_bytes("x")}},
      {"chain of nobody",
       {chain_member(c.zones.stranger.statement_cert), encode_chain(c.zones.stranger.statement_chain)}},
      {"snapshot of a third zone", {snapshot_member(c.zones.xx.state->digest()), to_bytes(c.zones.xx.state->bytes())}},
      {"disclosure of nothing",
       {disclosure_member(Digest{1}), to_bytes(format_disclosure({Digest{1}, Digest{2}, std::nullopt}))}},
      {"proof of an unknown entry",
       {log_folder(c.farm.origin()) + "proofs/6", to_bytes(format_proof(c.farm.proof(6, c.farm.entries.size())))}},
      {"empty log", {"log/" + stranger + "/checkpoint", to_bytes("x")}},
  };
  for (const auto& [name, member] : cases) {
    Members more = all;
    more.insert(member);
    EXPECT_EQ(judge(more).verdict, Verdict::Malformed) << name;
  }
}

TEST(VerifyBundle, RootsAreTheAuditors) {
  const Bytes bundle = crossing().bundle();
  auto roots = crossing().roots();
  roots.erase("eu");
  EXPECT_EQ(verified(bundle, roots).verdict, Verdict::Indeterminate);
  EXPECT_EQ(verified(bundle, {}).verdict, Verdict::Indeterminate);
  roots["eu"] = testing::digest_of("another root");
  EXPECT_EQ(verified(bundle, roots).verdict, Verdict::InvalidAtExchange);
}

// Row 13 and 23: a checkpoint that is older than the entry, and two of one log.
TEST(VerifyBundle, OldAndSecondCheckpointsRefuse) {
  const Crossing& c = crossing();
  Members old = members_of(c.bundle());
  const std::string folder = log_folder(c.farm.origin());
  for (const std::uint64_t index : {3U, 4U, 5U}) {
    old[folder + "proofs/" + std::to_string(index)] = to_bytes(format_proof(c.farm.proof(index, 5)));
  }
  old[folder + "checkpoint"] = to_bytes(c.farm.proof(3, 5).checkpoint);
  VerificationReport report = judge(old);
  EXPECT_EQ(report.verdict, Verdict::Tampered);
  EXPECT_TRUE(has(report, "log", Verdict::Tampered)) << print(report);

  Members two = members_of(c.bundle());
  two[folder + "proofs/3"] = to_bytes(format_proof(c.farm.proof(3, 6)));
  EXPECT_EQ(judge(two).verdict, Verdict::Tampered);
}

TEST(VerifyBundle, CheckpointsOfOtherKeysRefuse) {
  const Crossing& c = crossing();
  Members altered = members_of(c.bundle());
  const std::string folder = log_folder(c.farm.origin());
  KeySigner other = testing::LogNode::signer(c.zones.trade.log_key);
  const auto leaves = c.farm.leaves(c.farm.entries.size());
  const std::string note = sign_checkpoint({c.farm.origin(), leaves.size(), tree_root(leaves), ""}, other).value();
  for (const std::uint64_t index : {3U, 4U, 5U}) {
    LogProof proof = c.farm.proof(index, leaves.size());
    proof.checkpoint = note;
    altered[folder + "proofs/" + std::to_string(index)] = to_bytes(format_proof(proof));
  }
  altered[folder + "checkpoint"] = to_bytes(note);
  const VerificationReport report = judge(altered);
  EXPECT_EQ(report.verdict, Verdict::Tampered) << print(report);
}

// A release that only its issuer logged, or only the recipient.
TEST(VerifyBundle, MissingTwinsAreNamed) {
  for (const auto& [node, index] : {std::pair(&crossing().farm, "4"), std::pair(&crossing().trade, "7")}) {
    Members some = members_of(crossing().bundle());
    ASSERT_EQ(some.erase(log_folder(node->origin()) + "proofs/" + index), 1U);
    const VerificationReport report = judge(some);
    EXPECT_EQ(report.verdict, Verdict::Indeterminate) << print(report);
    EXPECT_TRUE(has(report, "twin", Verdict::Indeterminate));
  }
}

TEST(VerifyBundle, ReceiptsThatContradictTheirRelease) {
  const auto verdict_with = [](const std::function<void(Draft&)>& alter) {
    const Crossing c({{StatementKind::Receipt, alter}});
    return verified(c.bundle(), c.roots());
  };
  VerificationReport report = verdict_with([](Draft& d) { d.members["commitment"] = testing::hex_of("other data"); });
  EXPECT_EQ(report.verdict, Verdict::Contested) << print(report);
  report = verdict_with([](Draft& d) { d.members["exchange"] = "01931f3a-7c00-7000-8000-ffffffffffff"; });
  EXPECT_EQ(report.verdict, Verdict::Contested) << print(report);
  report = verdict_with([](Draft& d) { d.agreement = testing::digest_of("another agreement"); });
  EXPECT_EQ(report.verdict, Verdict::Contested) << print(report);
  // A rejection is no fault of either side.
  report = verdict_with([](Draft& d) {
    d.members["outcome"] = "rejected";
    d.members["commitment"] = testing::hex_of("other data");
  });
  EXPECT_EQ(report.verdict, Verdict::ValidUnconfirmed) << print(report);
  ASSERT_EQ(report.facts.size(), 1U);
  EXPECT_EQ(report.facts[0].outcome, "released, unconfirmed");
}

TEST(VerifyBundle, TermsOfAnotherAgreementRefuse) {
  const Crossing c({{StatementKind::Terms, [](Draft& d) { d.agreement = testing::digest_of("another agreement"); }}});
  const VerificationReport report = verified(c.bundle(), c.roots());
  EXPECT_EQ(report.verdict, Verdict::Contested) << print(report);
  EXPECT_TRUE(has(report, "terms", Verdict::Contested));
}

TEST(VerifyBundle, IntentOfAnotherExchangeRefuses) {
  const Crossing c(
      {{StatementKind::Intent, [](Draft& d) { d.members["request"] = testing::hex_of("another request"); }}});
  EXPECT_EQ(verified(c.bundle(), c.roots()).verdict, Verdict::Contested);
}

// Row 15: a disclosure of other data, or with another salt.
TEST(VerifyBundle, DisclosuresMustFit) {
  const Digest id = statement_id(crossing().release.payload);
  for (const Disclosure& d : {Disclosure{id, crossing().salt, to_bytes("other data")},
                              Disclosure{id, testing::digest_of("other salt"), crossing().data}}) {
    Members altered = members_of(crossing().bundle());
    altered[disclosure_member(id)] = to_bytes(format_disclosure(d));
    EXPECT_EQ(judge(altered).verdict, Verdict::Tampered);
  }
}

// Row 11 and formats.md 2: an issuer that seals two outcomes of one exchange convicts itself.
TEST(VerifyBundle, TwoOutcomesConvict) {
  Crossing c;
  const Envelope refusal = c.farm.state([] {
    Draft d = testing::draft_of(StatementKind::Void);
    d.members.erase("intent");
    return d;
  }());
  BundleWriter writer;
  for (const auto& [name, content] : members_of(c.bundle())) ASSERT_TRUE(writer.add(name, content));
  ASSERT_TRUE(writer.add_statement(refusal));
  ASSERT_TRUE(writer.add(log_folder(c.farm.origin()) + "proofs/8",
                         to_bytes(format_proof(c.farm.proof(8, c.farm.entries.size())))));
  const VerificationReport report = verified(writer.finish().value(), c.roots());
  EXPECT_EQ(report.verdict, Verdict::Contested) << print(report);
  EXPECT_TRUE(has(report, "misconduct", Verdict::Contested));
}

// A chain of another node of the same zone, under the name that the statement gives.
TEST(VerifyBundle, TheCertificateMustBeTheIssuers) {
  Crossing c;
  test::TestNode other = test::enrol(c.zones.jp, "other.jp.example", "Other", testing::kNow - std::chrono::minutes(4));
  Members altered = members_of(c.bundle());
  altered[chain_member(c.zones.farm.statement_cert)] = encode_chain(other.statement_chain);
  EXPECT_GE(judge(altered, c).verdict, Verdict::Tampered);
}

TEST(VerifyBundle, FutureAndPastInstantsAreNotCovered) {
  for (const auto shift : {std::chrono::hours(48), std::chrono::hours(-48)}) {
    Crossing c;
    c.farm.clock += shift;
    const Envelope late = c.farm.state(testing::draft_of(StatementKind::Void));
    Members members = members_of(c.bundle());
    members[statement_member(statement_id(late.payload))] = encode_envelope(late);
    const VerificationReport report = judge(members, c);
    EXPECT_GE(report.verdict, Verdict::Indeterminate) << print(report);
    EXPECT_TRUE(std::any_of(report.findings.begin(), report.findings.end(), [](const Finding& f) {
      return f.group == "path" && !f.ok();
    })) << print(report);
  }
}

// Paths are judged once for the ends of each interval, so that large bundles stay quick; a fault is looked at closely.
TEST(VerifyBundle, PathsAreJudgedByInterval) {
  Crossing c;
  BundleWriter writer = c.writer();
  std::vector<Envelope> voids;
  for (int i = 0; i < 20; ++i) {
    Draft d = testing::draft_of(StatementKind::Void);
    d.members.erase("intent");
    d.members["exchange"] = "01931f3a-7c00-7000-8000-0000000000" + std::to_string(10 + i);
    voids.push_back(c.farm.state(d));
    ASSERT_TRUE(writer.add_statement(voids.back()));
  }
  const Bytes bundle = writer.finish().value();
  const auto asked = [&](const PathJudge& judge) {
    int calls = 0;
    VerifyOptions options;
    options.judge = [&](const AsOfInput& input) {
      ++calls;
      return judge(input);
    };
    const VerificationReport report = verify_bundle(bundle, c.roots(), options);
    return std::pair(calls, report);
  };
  EXPECT_LE(asked(remembered_path).first, 8);

  const Instant revoked = parse_statement(voids[9].payload)->time;
  const auto [calls, report] = asked([&](const AsOfInput& input) {
    AsOfReport answer = remembered_path(input);
    if (input.at >= revoked) answer.verdict = AsOfVerdict::Invalid;
    return answer;
  });
  EXPECT_GT(calls, 20);
  const auto invalid = std::count_if(report.findings.begin(), report.findings.end(), [](const Finding& f) {
    return f.group == "path" && f.verdict == Verdict::InvalidAtExchange;
  });
  EXPECT_EQ(invalid, 11);
}

TEST(Verdicts, TableIsInOrder) {
  for (std::size_t i = 0; i < kVerdictTable.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kVerdictTable[i].verdict), i);
    EXPECT_FALSE(kVerdictTable[i].meaning.empty());
  }
  EXPECT_EQ(worse(Verdict::Tampered, Verdict::Contested), Verdict::Tampered);
}

}  // namespace
}  // namespace sekisho::trust
