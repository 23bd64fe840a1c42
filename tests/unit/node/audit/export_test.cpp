#include "node/audit/export.hpp"

#include <gtest/gtest.h>

#include "base/core/encoding.hpp"
#include "node/audit/closed_logs.hpp"
#include "tests/unit/node/audit/audit_kit.hpp"
#include "trust/evidence/bundle.hpp"

namespace sekisho::node::testing {
namespace {

class Export : public ::testing::Test {
 protected:
  void SetUp() override {
    kit_.add_terms();
    for (std::uint64_t n = 1; n <= 3; ++n) releases_.push_back(kit_.add_release(n));
    kit_.add_receipt(1, releases_[0]);
    ASSERT_TRUE(disclosures_.put(releases_[0], Digest{0x77}));
    Unit unit;
    unit.mutations.push_back(archive_material(MaterialKind::Snapshot, Digest{5}, as_bytes("snapshot 4")));
    unit.mutations.push_back(archive_material(MaterialKind::Snapshot, Digest{6}, as_bytes("snapshot nobody names")));
    ASSERT_TRUE(kit_.journal->commit_blocking(std::move(unit)));
    at_ = kit_.publish();
  }
  Result<BundleMembers> run(AuditFilter filter, const ExportLimits& limits = {}) {
    return export_members(kit_.journal->reader(), *kit_.storage, disclosures_, at_, filter, limits);
  }

  AuditKit kit_;
  MemoryDisclosures disclosures_;
  std::vector<Digest> releases_;
  std::shared_ptr<const Published> at_;
};

TEST_F(Export, OneExchangeDrawsInWhatGivesItMeaning) {
  AuditFilter filter;
  filter.exchange = exchange_id(1);
  const BundleMembers members = run(filter).value();
  const std::string log = trust::log_folder(at_->origin);
  EXPECT_TRUE(members.contains(trust::statement_member(releases_[0])));
  EXPECT_TRUE(members.contains(trust::statement_member(kit_.terms)));
  EXPECT_FALSE(members.contains(trust::statement_member(releases_[1])));
  EXPECT_TRUE(members.contains(log + "checkpoint"));
  EXPECT_TRUE(members.contains(log + "proofs/2"));  // terms
  EXPECT_TRUE(members.contains(log + "proofs/3"));  // release
  EXPECT_TRUE(members.contains(log + "proofs/6"));  // receipt
  EXPECT_FALSE(members.contains(log + "proofs/4"));
  EXPECT_TRUE(members.contains(trust::snapshot_member(Digest{5})));
  EXPECT_FALSE(members.contains(trust::snapshot_member(Digest{6})));
  EXPECT_TRUE(members.contains(trust::disclosure_member(releases_[0])));
  EXPECT_EQ(as_text(members.at(log + "checkpoint")), at_->note);
}

TEST_F(Export, StatementsVerifyAsTheyAreExported) {
  const BundleMembers members = run({}).value();
  for (const auto& [name, content] : members) {
    if (!name.starts_with("statements/")) continue;
    const trust::Envelope envelope = trust::decode_envelope(content).value();
    const trust::Statement statement = trust::parse_statement(envelope.payload).value();
    const auto key = statement.issuer.zone == "jp" ? kit_.statement->public_key() : JournalKit::signer(3)->public_key();
    EXPECT_TRUE(trust::verify_seal(envelope.payload, envelope.seal, key)) << name;
    EXPECT_EQ(name, trust::statement_member(statement.id));
  }
}

TEST_F(Export, ErasedSaltIsNotExported) {
  ASSERT_TRUE(disclosures_.erase(releases_[0]));
  EXPECT_FALSE(run({}).value().contains(trust::disclosure_member(releases_[0])));
}

TEST_F(Export, MembersFormABundle) {
  trust::BundleWriter writer;
  const BundleMembers members = run({}).value();
  for (const auto& [name, content] : members) ASSERT_TRUE(writer.add(name, content)) << name;
  const Bytes bundle = writer.finish().value();
  EXPECT_TRUE(trust::read_bundle(bundle));
}

// Also what the killed node had not covered by a checkpoint that it kept.
TEST_F(Export, WhatAClosedLogHoldsStaysProvable) {
  const std::string closed = trust::log_folder(at_->origin);
  kit_.publisher.reset();
  kit_.journal.reset();
  kit_.journal = Journal::open_successor(kit_.options(), kit_.storage, {"restored"}).value();
  ASSERT_TRUE(keep_closed_logs(*kit_.journal, *kit_.storage, *kit_.log));
  kit_.publisher = Publisher::start(*kit_.journal, {kit_.log, "", std::chrono::hours(1), 1'000'000}).value();
  const Digest later = kit_.add_release(9);
  at_ = kit_.publish();
  const std::string current = trust::log_folder(at_->origin);
  ASSERT_NE(closed, current);

  AuditFilter filter;
  filter.exchange = exchange_id(1);
  BundleMembers members = run(filter).value();
  for (const char* index : {"2", "3", "6"}) {
    EXPECT_TRUE(members.contains(closed + "proofs/" + index)) << index;
  }
  EXPECT_FALSE(members.contains(current + "checkpoint"));

  // A release of today under terms of then has both logs.
  filter.exchange = exchange_id(9);
  members = run(filter).value();
  EXPECT_TRUE(members.contains(trust::statement_member(later)));
  EXPECT_TRUE(members.contains(trust::statement_member(kit_.terms)));
  EXPECT_TRUE(members.contains(closed + "proofs/2"));
  EXPECT_TRUE(members.contains(current + "checkpoint"));
}

TEST_F(Export, NothingFoundAndTooMuchAreSaid) {
  AuditFilter filter;
  filter.dataset = "unknown";
  EXPECT_EQ(run(filter).error().code, Code::NotFound);
  EXPECT_EQ(run({}, {2, 1U << 20}).error().code, Code::LimitExceeded);
  EXPECT_EQ(run({}, {100, 1000}).error().code, Code::LimitExceeded);
}

}  // namespace
}  // namespace sekisho::node::testing
