// The scrub finds every planted fault (audit-and-provenance.md 7.8, rows 1, 8 and 14).
#include "node/journal/scrub.hpp"

#include <gtest/gtest.h>

#include "node/journal/counters.hpp"
#include "node/journal/entry.hpp"
#include "node/journal/keys.hpp"
#include "tests/support/journal_kit.hpp"

namespace sekisho::node::testing {
namespace {

class Scrub : public ::testing::Test {
 protected:
  void SetUp() override {
    auto journal = Journal::open(kit_.options(), storage_).value();
    for (std::uint64_t n = 0; n < 150; ++n) {
      Unit unit;
      unit.entries.push_back(intent(2 * n, Digest{1}));
      unit.entries.push_back(intent(2 * n + 1, Digest{2}));
      ASSERT_TRUE(journal->commit_blocking(std::move(unit)));
    }
  }
  Result<ScrubReport> run() { return scrub(*storage_, {kit_.statement->public_key(), {}}); }
  void put(Family family, const Bytes& key, std::optional<Bytes> value) {
    ASSERT_TRUE(storage_->commit(std::vector<Mutation>{{family, key, std::move(value)}}));
  }
  void expect_found(const char* what) {
    Result<ScrubReport> report = run();
    ASSERT_FALSE(report) << what;
    EXPECT_EQ(report.error().code, Code::DatabaseDamaged) << what << ": " << report.error().chain();
  }

  JournalKit kit_;
  std::shared_ptr<MemoryStorage> storage_ = std::make_shared<MemoryStorage>();
};

TEST_F(Scrub, CleanDatabaseIsCounted) {
  Result<ScrubReport> report = run();
  ASSERT_TRUE(report) << report.error().chain();
  EXPECT_EQ(report->entries, 302U);
  EXPECT_EQ(report->own_statements, 300U);
  EXPECT_EQ(report->seals_verified, 150U);
  EXPECT_EQ(report->tiles, 1U);
  EXPECT_EQ(report->postings, 302U + 300U * 5U);
  std::uint64_t leaves = 0;
  ASSERT_TRUE(scrub(*storage_, {std::nullopt, [&](std::uint64_t index, const Digest&) { EXPECT_EQ(index, leaves++); }}));
  EXPECT_EQ(leaves, 302U);
}

TEST_F(Scrub, EachRowOfEachFamilyIsMissed) {
  for (const Family family : {Family::Entry, Family::Tile, Family::Posting, Family::Unique, Family::Counter}) {
    std::vector<std::pair<Bytes, Bytes>> rows;
    ASSERT_TRUE(storage_->scan(family, {}, {}, [&](BytesView key, BytesView value) {
      rows.emplace_back(to_bytes(key), to_bytes(value));
      return true;
    }));
    ASSERT_FALSE(rows.empty());
    for (std::size_t i = 0; i < rows.size(); i += 1 + rows.size() / 4) {
      put(family, rows[i].first, std::nullopt);
      expect_found(std::string(family_name(family)).c_str());
      put(family, rows[i].first, rows[i].second);
    }
  }
  EXPECT_TRUE(run());
}

TEST_F(Scrub, ForgedIndexRowsAreFound) {
  const auto prefix = keys::posting_prefix(Dimension::Purpose, token(Dimension::Purpose, "another"));
  Bytes posting(prefix.begin(), prefix.end());
  append(posting, be64(7));
  put(Family::Posting, posting, Bytes{});
  expect_found("posting");
  put(Family::Posting, posting, std::nullopt);
  put(Family::Unique, keys::by_statement(Digest{9}, pb::NRO_OUT), keys::entry(7));
  expect_found("unique");
  put(Family::Unique, keys::by_statement(Digest{9}, pb::NRO_OUT), std::nullopt);
  put(Family::Counter, to_bytes(BytesView(Digest{9})), serialise(LastStatement{0, Digest{1}}));
  expect_found("counter");
}

TEST_F(Scrub, EveryFlippedBitOfAnEntryIsFound) {
  const Bytes key = keys::entry(42);
  const Bytes good = storage_->get(Family::Entry, key).value().value();
  for (std::size_t octet = 0; octet < good.size(); octet += 37) {
    Bytes bad = good;
    bad[octet] ^= 0x20;
    put(Family::Entry, key, bad);
    EXPECT_FALSE(run()) << octet;
  }
}

TEST_F(Scrub, SealOfAnotherKeyIsFound) {
  Result<ScrubReport> report = scrub(*storage_, {JournalKit::signer(99)->public_key(), {}});
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("seal"), std::string::npos);
}

}  // namespace
}  // namespace sekisho::node::testing
