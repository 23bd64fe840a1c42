// Starts on databases that are right, damaged, rolled back or somebody else's (audit-and-provenance.md 7.7, 7.8).
#include <gtest/gtest.h>

#include "node/journal/anchor.hpp"
#include "node/journal/keys.hpp"
#include "node/journal/recovery.hpp"
#include "node/journal/scrub.hpp"
#include "tests/support/journal_kit.hpp"
#include "tests/support/temp_folder.hpp"
#include "trust/log/checkpoint.hpp"

namespace sekisho::node::testing {
namespace {

class Recovery : public ::testing::Test {
 protected:
  // A log of some hundred entries, anchored at its head.
  void SetUp() override {
    auto journal = open().value();
    for (std::uint64_t n = 0; n < 60; ++n) {
      Unit unit;
      for (std::uint64_t k = 0; k < 5; ++k) unit.entries.push_back(intent(n * 5 + k, Digest{1}));
      ASSERT_TRUE(journal->commit_blocking(std::move(unit)));
    }
    anchor(journal->origin(), journal->head());
    Unit kept;  // as the publisher does
    kept.mutations.push_back({Family::Checkpoint, keys::entry(journal->head().size), to_bytes("note")});
    ASSERT_TRUE(journal->commit_blocking(std::move(kept)));
  }

  Result<std::unique_ptr<Journal>> open() { return Journal::open(kit_.options(path_), storage_); }
  Code refusal() {
    Result<std::unique_ptr<Journal>> opened = open();
    EXPECT_FALSE(opened);
    return opened ? Code::Internal : opened.error().code;
  }
  void anchor(const std::string& origin, const Head& head, const std::shared_ptr<KeySigner>& signer = nullptr) {
    trust::Checkpoint checkpoint;
    checkpoint.origin = origin;
    checkpoint.size = head.size;
    checkpoint.root = head.root;
    AnchorFile file = AnchorFile::open(path_).value();
    ASSERT_TRUE(file.write(trust::sign_checkpoint(checkpoint, signer ? *signer : *kit_.log).value()));
  }
  Head head() const { return parse_head(*storage_->get(Family::Meta, as_bytes(keys::kHead)).value())->head; }
  Bytes row(Family family, const Bytes& key) const { return *storage_->get(family, key).value(); }
  void put(Family family, const Bytes& key, std::optional<Bytes> value) {
    ASSERT_TRUE(storage_->commit(std::vector<Mutation>{{family, key, std::move(value)}}));
  }
  void flip(Family family, const Bytes& key, std::size_t octet) {
    Bytes value = row(family, key);
    value[octet] ^= 1;
    put(family, key, std::move(value));
  }

  testing_support::TempFolder folder_;
  const std::string path_ = folder_.file("anchor");
  JournalKit kit_;
  std::shared_ptr<MemoryStorage> storage_ = std::make_shared<MemoryStorage>();
};

TEST_F(Recovery, CleanDatabaseGoesOn) {
  const Head before = head();
  auto journal = open().value();
  EXPECT_EQ(journal->head().size, before.size + 1);
  EXPECT_EQ(journal->head().epoch, before.epoch + 1);
  EXPECT_TRUE(scrub(*storage_, {kit_.statement->public_key(), {}}));
}

TEST_F(Recovery, FlippedBitInARecentEntryRefuses) {
  const Position at = head().size - 20;
  const std::size_t size = row(Family::Entry, keys::entry(at)).size();
  for (const std::size_t octet : {std::size_t{3}, size / 2, size - 1}) {
    flip(Family::Entry, keys::entry(at), octet);
    EXPECT_EQ(refusal(), Code::DatabaseDamaged) << octet;
    flip(Family::Entry, keys::entry(at), octet);
  }
  EXPECT_TRUE(open());
}

TEST_F(Recovery, FlippedBitInTheHeadRefuses) {
  const Bytes key = to_bytes(keys::kHead);
  for (std::size_t octet = 0; octet < row(Family::Meta, key).size(); octet += 7) {
    flip(Family::Meta, key, octet);
    EXPECT_FALSE(open()) << octet;
    flip(Family::Meta, key, octet);
  }
}

TEST_F(Recovery, FlippedBitInATileRefuses) {
  flip(Family::Tile, keys::tile(0, 0, 0), 100);
  // The root at the head is made of the hash of that tile in the level above; the tile itself is found by the scrub.
  EXPECT_EQ(scrub(*storage_).error().code, Code::DatabaseDamaged);
  flip(Family::Tile, keys::tile(0, 0, 0), 100);
  flip(Family::Tile, keys::edge(0, 1), 5);
  EXPECT_EQ(refusal(), Code::DatabaseDamaged);
}

TEST_F(Recovery, MissingRowsRefuse) {
  const Bytes last = keys::entry(head().size - 1);
  const Bytes kept = row(Family::Entry, last);
  put(Family::Entry, last, std::nullopt);
  EXPECT_EQ(refusal(), Code::DatabaseDamaged);
  put(Family::Entry, last, kept);
  put(Family::Entry, keys::entry(head().size), kept);
  EXPECT_EQ(refusal(), Code::DatabaseDamaged);
  put(Family::Entry, keys::entry(head().size), std::nullopt);
  const Bytes stored = row(Family::Meta, to_bytes(keys::kHead));
  put(Family::Meta, to_bytes(keys::kHead), std::nullopt);
  EXPECT_EQ(refusal(), Code::DatabaseDamaged);
  put(Family::Meta, to_bytes(keys::kHead), stored);
  EXPECT_TRUE(open());
}

// The database of an hour ago under the anchor of now: a truncated WAL, a deleted table, a restored folder.
TEST_F(Recovery, OlderDatabaseIsRefusedAndExplained) {
  Head newer = head();
  newer.size += 1;
  anchor("farm.jp.example/sekisho/2026h2", newer);
  Result<std::unique_ptr<Journal>> opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::DatabaseRolledBack);
  EXPECT_NE(opened.error().message.find(path_), std::string::npos);
}

TEST_F(Recovery, EmptyDatabaseUnderAnAnchorIsRefused) {
  storage_ = std::make_shared<MemoryStorage>();
  EXPECT_EQ(refusal(), Code::DatabaseRolledBack);
}

TEST_F(Recovery, OtherTreeThanTheAnchoredIsRefused) {
  Head forked = head();
  forked.root[0] ^= 1;
  anchor("farm.jp.example/sekisho/2026h2", forked);
  EXPECT_EQ(refusal(), Code::DatabaseDamaged);
}

TEST_F(Recovery, LaggingAnchorIsFine) {
  {
    auto journal = open().value();
    ASSERT_TRUE(journal->commit_blocking(one(intent(1))));
  }
  EXPECT_TRUE(open());
}

TEST_F(Recovery, MissingAnchorAfterAPublicationIsRefused) {
  std::filesystem::remove(path_);
  EXPECT_EQ(refusal(), Code::DatabaseRolledBack);
}

TEST_F(Recovery, AnchorOfAnotherKeyOrNodeIsRefused) {
  anchor("farm.jp.example/sekisho/2026h2", head(), JournalKit::signer(77));
  EXPECT_EQ(refusal(), Code::DatabaseDamaged);
  anchor("other.jp.example/sekisho/2026h2", head());
  EXPECT_EQ(refusal(), Code::DataFolderForeign);
}

// A re-enrolled node with a new log key: what is anchored is signed by the one before.
TEST_F(Recovery, TheAnchorOfAnEarlierLogKeyIsKnown) {
  const std::shared_ptr<KeySigner> before = std::exchange(kit_.log, JournalKit::signer(7));
  auto journal = open();
  ASSERT_TRUE(journal) << journal.error().chain();
  const std::string origin = (*journal)->origin();
  journal->reset();
  anchor(origin, head());
  EXPECT_TRUE(open());
  // From its KEY entry on the new one counts, and no stranger's ever.
  anchor(origin, head(), before);
  EXPECT_EQ(refusal(), Code::DatabaseDamaged);
  anchor(origin, head(), JournalKit::signer(8));
  EXPECT_EQ(refusal(), Code::DatabaseDamaged);
}

TEST_F(Recovery, OtherOwnerAndNewerSchemaAreRefused) {
  JournalOptions options = kit_.options(path_);
  options.issuer.did = "did:web:other.jp.example";
  EXPECT_EQ(Journal::open(std::move(options), storage_).error().code, Code::DataFolderForeign);
  JournalOptions host = kit_.options(path_);
  host.origin = "other.jp.example/sekisho/2026h2";
  EXPECT_EQ(Journal::open(std::move(host), storage_).error().code, Code::DataFolderForeign);
  put(Family::Meta, to_bytes(kMetaSchema), Bytes{0, 0, 0, 3});
  EXPECT_EQ(refusal(), Code::SchemaNewer);
}

TEST_F(Recovery, HalfYearDoesNotEndALogByItself) {
  JournalOptions options = kit_.options(path_);
  options.origin = "farm.jp.example/sekisho/2027h1";
  EXPECT_EQ(Journal::open(std::move(options), storage_).value()->origin(), "farm.jp.example/sekisho/2026h2");
}

TEST_F(Recovery, ChangedKeysAreAnEntry) {
  JournalOptions options = kit_.options(path_);
  options.issuer.cert = Digest{42};
  auto journal = Journal::open(std::move(options), storage_).value();
  EXPECT_EQ(journal->reader().entry(journal->head().size - 2)->entry.kind(), pb::KEY);
  EXPECT_EQ(journal->reader().entry(journal->head().size - 1)->entry.kind(), pb::START);
}

TEST_F(Recovery, SuccessorNamesWhatItFollowsAndIsNewToTheWorld) {
  const Head old = head();
  std::string origin;
  for (const char* expected : {"farm.jp.example/sekisho/2026h2.1", "farm.jp.example/sekisho/2026h2.2"}) {
    auto journal = Journal::open_successor(kit_.options(path_), storage_, {"restored from a backup"}).value();
    EXPECT_EQ(journal->origin(), expected);
    const std::uint16_t log = journal->head().log;
    EXPECT_EQ(journal->reader().entry(make_position(log, 0))->entry.kind(), pb::GENESIS);
    EXPECT_EQ(journal->reader().entry(make_position(log, 1))->entry.kind(), pb::LOG_CLOSE);
    EXPECT_EQ(journal->reader().entry(make_position(log, 2))->entry.kind(), pb::START);
    if (log == 1) {
      const Json detail = parse_json(journal->reader().entry(make_position(log, 0))->entry.detail()).value();
      const JsonObject& before = *get_object(detail.get_object(), "predecessor").value();
      EXPECT_EQ(get_string(before, "origin").value(), "farm.jp.example/sekisho/2026h2");
      EXPECT_EQ(get_integer(before, "size").value(), static_cast<std::int64_t>(old.size));
      EXPECT_EQ(get_string(before, "root").value(), to_hex(old.root));
    }
    // Counters go on, proofs of the old log still stand.
    const Committed done = journal->commit_blocking(one(intent(1, Digest{1}))).value();
    EXPECT_EQ(trust::parse_statement(done.entries[0].payload)->counter, 300U + log - 1);
    EXPECT_EQ(journal->reader().root(0, old.size).value(), old.root);
    anchor(journal->origin(), journal->head());
    journal.reset();
    EXPECT_TRUE(open());
  }
  Result<ScrubReport> report = scrub(*storage_, {kit_.statement->public_key(), {}});
  ASSERT_TRUE(report) << report.error().chain();
  EXPECT_EQ(report->own_statements, 302U);
}

// The same backup restored twice must not open the same successor twice: that would be a fork.
TEST_F(Recovery, SecondRestoreOfOneBackupOpensAnotherSuccessor) {
  anchor("farm.jp.example/sekisho/2026h2.3", Head{});
  EXPECT_EQ(refusal(), Code::DatabaseRolledBack);
  EXPECT_EQ(Journal::open_successor(kit_.options(path_), storage_, {"again"}).value()->origin(),
            "farm.jp.example/sekisho/2026h2.4");
}

}  // namespace
}  // namespace sekisho::node::testing
