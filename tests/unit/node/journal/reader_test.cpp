#include "node/journal/reader.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "node/journal/keys.hpp"
#include "node/journal/scrub.hpp"
#include "node/journal/tree.hpp"
#include "tests/support/journal_kit.hpp"
#include "trust/log/checkpoint.hpp"
#include "trust/log/proof.hpp"

namespace sekisho::node::testing {
namespace {

// 700 entries: two full tiles of level 0, a partial one, a partial one of level 1.
class LogReaderTest : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kEntries = 700;

  void SetUp() override {
    for (std::uint64_t n = 0; leaves().size() < kEntries; ++n) {
      Unit unit;
      for (std::uint64_t k = 0; k <= n % 5; ++k)
        unit.entries.push_back(intent(n * 8 + k, Digest{static_cast<std::uint8_t>(k)}));
      ASSERT_TRUE(journal_->commit_blocking(std::move(unit)));
    }
  }
  std::vector<Digest> leaves() const {
    std::vector<Digest> out;
    for (std::uint64_t i = 0; i < journal_->head().size; ++i) out.push_back(trust::leaf_hash(reader().entry(i)->bytes));
    return out;
  }
  const LogReader& reader() const { return journal_->reader(); }

  JournalKit kit_;
  std::shared_ptr<MemoryStorage> storage_ = std::make_shared<MemoryStorage>();
  std::unique_ptr<Journal> journal_ = Journal::open(kit_.options(), storage_).value();
};

TEST_F(LogReaderTest, RootsAndProofsAtEverySizeAreThoseOfTheEntries) {
  const std::vector<Digest> all = leaves();
  const std::uint64_t size = all.size();
  EXPECT_EQ(reader().root(0, size).value(), journal_->head().root);
  for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{255}, std::uint64_t{256},
                                std::uint64_t{257}, std::uint64_t{511}, std::uint64_t{512}, std::uint64_t{600}, size}) {
    const std::span<const Digest> part(all.data(), n);
    const Digest root = trust::tree_root(part);
    EXPECT_EQ(reader().root(0, n).value(), root) << n;
    for (const std::uint64_t index : {std::uint64_t{0}, n / 2, n - 1}) {
      Result<std::vector<Digest>> path = reader().inclusion(index, n);
      ASSERT_TRUE(path) << path.error().chain();
      EXPECT_TRUE(trust::verify_inclusion(index, n, all[index], *path, root)) << index << " of " << n;
    }
    Result<std::vector<Digest>> grown = reader().consistency(0, n, size);
    ASSERT_TRUE(grown);
    EXPECT_TRUE(trust::verify_consistency(n, size, root, journal_->head().root, *grown)) << n;
  }
  EXPECT_FALSE(reader().inclusion(size, size));
  EXPECT_FALSE(reader().inclusion(0, size + 1));
  EXPECT_FALSE(reader().consistency(0, 2, size + 1));
}

TEST_F(LogReaderTest, TilesAreThoseOfTheEntries) {
  const std::vector<Digest> all = leaves();
  const auto expect = [&](unsigned level, std::uint64_t number, unsigned width, const Digest& first) {
    Result<Bytes> tile = reader().tile(0, level, number, width);
    ASSERT_TRUE(tile) << tile.error().chain();
    EXPECT_EQ(tile->size(), width * 32U);
    EXPECT_EQ(std::memcmp(tile->data(), first.data(), 32), 0);
  };
  expect(0, 0, 256, all[0]);
  expect(0, 1, 7, all[256]);
  expect(0, 2, 100, all[512]);
  expect(1, 0, 2, trust::tree_root(std::span(all).first(256)));
  EXPECT_FALSE(reader().tile(0, 0, 2, 256));
  EXPECT_FALSE(reader().tile(0, 1, 0, 3));
  EXPECT_FALSE(reader().tile(0, 0, 0, 0));
  EXPECT_FALSE(reader().tile(0, 9, 0, 1));
  EXPECT_FALSE(reader().tile(1, 0, 0, 1));
}

TEST_F(LogReaderTest, ProofTextVerifiesWithTheLogKeyAlone) {
  trust::Checkpoint checkpoint;
  checkpoint.origin = journal_->origin();
  checkpoint.size = journal_->head().size;
  checkpoint.root = journal_->head().root;
  const std::string note = trust::sign_checkpoint(checkpoint, *kit_.log).value();
  const trust::VerifierKey key{journal_->origin(), trust::NoteKeyType::Ed25519, kit_.log->public_key()};
  for (const Position at : {Position{0}, Position{300}, checkpoint.size - 1}) {
    const std::string text = reader().tlog_proof(at, note).value();
    const trust::LogProof proof = trust::parse_proof(text).value();
    ASSERT_TRUE(proof.extra);
    EXPECT_EQ(*proof.extra, reader().entry(at)->bytes);
    EXPECT_TRUE(trust::verify_proof(proof, *proof.extra, key));
  }
}

TEST_F(LogReaderTest, PostingsFindEveryEntryOfATokenInOrder) {
  for (const Position from : {Position{0}, Position{100}, Position{650}}) {
    std::vector<Position> found;
    ASSERT_TRUE(reader().postings(Dimension::Agreement, to_hex(Digest{3}), from, [&](Position at) {
      found.push_back(at);
      return true;
    }));
    std::vector<Position> expected;
    for (Position at = from; at < journal_->head().size; ++at) {
      const std::string agreement = reader().entry(at)->entry.agreement();
      if (agreement == as_text(BytesView(Digest{3}))) expected.push_back(at);
    }
    EXPECT_EQ(found, expected);
    EXPECT_FALSE(expected.empty() && from == 0);
  }
}

TEST_F(LogReaderTest, FindsByExchangeAndStatement) {
  const StoredEntry some = reader().entry(400).value();
  Uuid exchange;
  std::memcpy(exchange.octets.data(), some.entry.exchange().data(), 16);
  EXPECT_EQ(reader().find_all(pb::INTENT, exchange).value(), std::vector<Position>{400});
  EXPECT_TRUE(reader().find_all(pb::NRO_OUT, exchange).value().empty());
  const Digest id = trust::statement_id(some.entry.payload());
  EXPECT_EQ(reader().find(id).value(), Position{400});
  EXPECT_EQ(reader().find(pb::INTENT, id).value(), Position{400});
  EXPECT_FALSE(reader().find(pb::NRO_IN, id).value());
  EXPECT_FALSE(reader().find(Digest{1}).value());
}

// The exchange id is its asker's own: a second peer that uses it hides nothing of the first.
TEST_F(LogReaderTest, TwoPeersMayUseOneExchangeId) {
  const Uuid exchange = exchange_id(90'000);
  const auto commit = [&](const std::string& peer) {
    EntryDraft draft = intent(90'000);
    draft.tokens = {{Dimension::Counterparty, peer}};
    return journal_->commit_blocking(one(std::move(draft)))->entries[0].position;
  };
  const Position a = commit("did:web:a.eu.example");
  const Position b = commit("did:web:b.eu.example");
  EXPECT_EQ(reader().find(pb::INTENT, exchange, "did:web:a.eu.example").value(), a);
  EXPECT_EQ(reader().find(pb::INTENT, exchange, "did:web:b.eu.example").value(), b);
  EXPECT_FALSE(reader().find(pb::INTENT, exchange, "did:web:c.eu.example").value());
  std::vector<Position> all = reader().find_all(pb::INTENT, exchange).value();
  std::ranges::sort(all);
  EXPECT_EQ(all, (std::vector<Position>{a, b}));
  const Position newer = commit("did:web:a.eu.example");
  EXPECT_EQ(reader().find(pb::INTENT, exchange, "did:web:a.eu.example").value(), newer);
}

// Under schema 1 the row did not name the peer.
TEST_F(LogReaderTest, RowsOfSchema1AreFound) {
  const std::string peer = "did:web:trade.eu.example";
  const Position at = journal_->commit_blocking(one(intent(90'001)))->entries[0].position;
  const Bytes named = keys::by_exchange(pb::INTENT, exchange_id(90'001), token(Dimension::Counterparty, peer));
  const Bytes unnamed = keys::by_exchange(pb::INTENT, exchange_id(90'001));
  ASSERT_TRUE(storage_->commit(
      std::vector<Mutation>{{Family::Unique, named, std::nullopt}, {Family::Unique, unnamed, keys::entry(at)}}));
  EXPECT_EQ(reader().find(pb::INTENT, exchange_id(90'001), peer).value(), at);
  EXPECT_FALSE(reader().find(pb::INTENT, exchange_id(90'001), "did:web:a.eu.example").value());
  EXPECT_EQ(reader().find_all(pb::INTENT, exchange_id(90'001)).value(), std::vector<Position>{at});
  EXPECT_TRUE(scrub(*storage_));
}

TEST_F(LogReaderTest, TimeIsFoundByBinarySearch) {
  for (const Position at : {Position{0}, Position{1}, Position{333}, Position{699}}) {
    const Instant time{std::chrono::microseconds(reader().entry(at)->entry.time_us())};
    EXPECT_EQ(reader().first_not_before(0, time).value(), at);
    EXPECT_EQ(reader().first_not_before(0, time + std::chrono::microseconds(1)).value(), at + 1);
  }
  EXPECT_EQ(reader().first_not_before(0, Instant::max()).value(), journal_->head().size);
}

TEST_F(LogReaderTest, EnvelopesOfMixedBatchesAreRebuilt) {
  const Committed theirs = journal_->commit_blocking(one(intent(9000))).value();
  Unit unit;
  for (std::uint64_t i = 0; i < 9; ++i) {
    unit.entries.push_back(intent(9001 + i));
    if (i % 3 == 0) {
      EntryDraft foreign;
      foreign.kind = pb::OBSERVED;
      foreign.content = Foreign{theirs.entries[0].payload, theirs.entries[0].seal};
      unit.entries.push_back(foreign);
    }
  }
  const Committed done = journal_->commit_blocking(std::move(unit)).value();
  for (const CommittedEntry& entry : done.entries) {
    const trust::Envelope envelope = reader().envelope(entry.position).value();
    EXPECT_TRUE(trust::verify_seal(envelope.payload, envelope.seal, kit_.statement->public_key()));
  }
  EXPECT_EQ(reader().envelope(0).error().code, Code::NotFound);
  EXPECT_EQ(reader().envelope(1'000'000).error().code, Code::NotFound);
}

TEST(GrowingTree, MatchesTheTreeOverThreeLevels) {
  MemoryStorage storage;
  GrowingTree tree(0, {}, {});
  constexpr std::uint64_t kSize = 256 * 256 + 300;
  std::vector<Digest> leaves;
  for (std::uint64_t i = 0; i < kSize; ++i) {
    const auto b = be64(i);
    leaves.push_back(trust::leaf_hash(b));
    tree.append(leaves.back());
    if (i % 1000 == 999 || i + 1 == kSize) {
      std::vector<Mutation> rows;
      tree.drain(rows);
      ASSERT_TRUE(storage.commit(rows));
    }
  }
  LogTree durable;
  durable.publish({0, kSize, tree.frontier().root(), {}, 1}, tree.edge());
  const auto hashes = trust::tile_hash_reader(kSize, tile_reader(storage, &durable, 0));
  EXPECT_EQ(trust::root_at(kSize, hashes).value(), trust::tree_root(leaves));
  const auto smaller = trust::tile_hash_reader(65536, tile_reader(storage, &durable, 0));
  EXPECT_EQ(trust::root_at(65536, smaller).value(), trust::tree_root(std::span(leaves).first(65536)));
}

}  // namespace
}  // namespace sekisho::node::testing
