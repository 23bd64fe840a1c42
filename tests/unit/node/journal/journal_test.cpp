#include "node/journal/journal.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/async/sync_wait.hpp"
#include "node/journal/entry.hpp"
#include "node/journal/scrub.hpp"
#include "tests/support/journal_kit.hpp"

namespace sekisho::node::testing {
namespace {

struct Fixture : JournalKit {
  std::shared_ptr<MemoryStorage> storage = std::make_shared<MemoryStorage>();
  std::unique_ptr<Journal> journal;

  void start() {
    journal.reset();
    Result<std::unique_ptr<Journal>> opened = Journal::open(options(), storage);
    ASSERT_TRUE(opened) << opened.error().chain();
    journal = std::move(*opened);
  }
  ScrubReport check() const {
    Result<ScrubReport> report = scrub(*storage, {statement->public_key(), {}});
    EXPECT_TRUE(report) << report.error().chain();
    return report ? *report : ScrubReport{};
  }
};

trust::Statement statement_of(const CommittedEntry& entry) { return trust::parse_statement(entry.payload).value(); }

TEST(Journal, NewLogBeginsWithGenesisAndStart) {
  Fixture f;
  f.start();
  EXPECT_EQ(f.journal->origin(), "farm.jp.example/sekisho/2026h2");
  EXPECT_EQ(f.journal->head().size, 2U);
  const StoredEntry genesis = f.journal->reader().entry(0).value();
  EXPECT_EQ(genesis.entry.kind(), pb::GENESIS);
  const Json detail = parse_json(genesis.entry.detail()).value();
  EXPECT_EQ(get_string(detail.get_object(), "origin").value(), f.journal->origin());
  EXPECT_EQ(get_string(detail.get_object(), "did").value(), "did:web:farm.jp.example");
  EXPECT_EQ(f.journal->reader().entry(1)->entry.kind(), pb::START);
  f.start();
  EXPECT_EQ(f.journal->head().size, 3U);
  EXPECT_EQ(f.journal->head().epoch, 2U);
  EXPECT_EQ(f.check().entries, 3U);
}

TEST(Journal, StatementSaysWhereItLiesAndVerifies) {
  Fixture f;
  f.start();
  const Committed done = f.journal->commit_blocking(one(intent(1))).value();
  ASSERT_EQ(done.entries.size(), 1U);
  const CommittedEntry& entry = done.entries[0];
  const trust::Statement s = statement_of(entry);
  EXPECT_EQ(s.index, entry.index);
  EXPECT_EQ(s.index, 2U);
  EXPECT_EQ(s.origin, f.journal->origin());
  EXPECT_EQ(s.time, entry.time);
  EXPECT_EQ(s.id, entry.id);
  EXPECT_EQ(s.snapshot_seq, 4U);
  EXPECT_EQ(s.issuer.did, "did:web:farm.jp.example");
  EXPECT_TRUE(trust::verify_seal(entry.payload, entry.seal, f.statement->public_key()));
  EXPECT_FALSE(s.counter);
}

TEST(Journal, CountersRunPerAgreementAcrossUnitsBatchesAndRestarts) {
  Fixture f;
  f.start();
  const Digest a{1};
  const Digest b{2};
  Unit unit = one(intent(1, a));
  unit.entries.push_back(intent(2, b));
  unit.entries.push_back(intent(3, a));
  const Committed first = f.journal->commit_blocking(std::move(unit)).value();
  EXPECT_EQ(statement_of(first.entries[0]).counter, 0U);
  EXPECT_FALSE(statement_of(first.entries[0]).prev);
  EXPECT_EQ(statement_of(first.entries[1]).counter, 0U);
  EXPECT_EQ(statement_of(first.entries[2]).counter, 1U);
  EXPECT_EQ(statement_of(first.entries[2]).prev, first.entries[0].id);
  f.start();
  const Committed second = f.journal->commit_blocking(one(intent(4, a))).value();
  EXPECT_EQ(statement_of(second.entries[0]).counter, 2U);
  EXPECT_EQ(statement_of(second.entries[0]).prev, first.entries[2].id);
  f.check();
}

TEST(Journal, OneSignatureSealsAUnit) {
  Fixture f;
  f.start();
  Unit unit;
  for (std::uint64_t i = 0; i < 100; ++i) unit.entries.push_back(intent(i));
  const Committed done = f.journal->commit_blocking(std::move(unit)).value();
  for (const CommittedEntry& entry : done.entries) {
    EXPECT_EQ(entry.seal.size, 100U);
    EXPECT_EQ(entry.seal.signature, done.entries[0].seal.signature);
    EXPECT_TRUE(trust::verify_seal(entry.payload, entry.seal, f.statement->public_key()));
    const trust::Envelope rebuilt = f.journal->reader().envelope(entry.position).value();
    EXPECT_EQ(rebuilt.seal, entry.seal);
    EXPECT_EQ(rebuilt.payload, entry.payload);
  }
  EXPECT_EQ(f.check().seals_verified, 1U);
}

TEST(Journal, TimeRisesStrictlyWhateverTheClockDoes) {
  Fixture f;
  f.start();
  Instant last = f.journal->head().time;
  for (const auto jump : {std::chrono::hours(0), std::chrono::hours(24), std::chrono::hours(-48), std::chrono::hours(24)}) {
    f.clock->advance(jump);
    Unit unit = one(intent(1));
    unit.entries.push_back(intent(2));
    const Committed done = f.journal->commit_blocking(std::move(unit)).value();
    for (const CommittedEntry& entry : done.entries) {
      EXPECT_GT(entry.time, last);
      last = entry.time;
    }
    EXPECT_EQ(statement_of(done.entries[0]).clock.now, f.clock->now());  // what the machine believed stands beside it
  }
  f.start();
  EXPECT_GT(f.journal->head().time, last);
  f.check();
}

TEST(Journal, FirstClaimWinsAndNamesTheHolder) {
  Fixture f;
  f.start();
  Unit unit = one(intent(1));
  unit.claims.push_back({to_bytes("x")});
  const Position held = f.journal->commit_blocking(std::move(unit)).value().entries[0].position;
  for (int restart = 0; restart < 2; ++restart) {
    Unit late = one(intent(2, Digest{1}));
    late.claims.push_back({to_bytes("y")});
    late.claims.push_back({to_bytes("x")});
    late.mutations.push_back({Family::Quota, to_bytes("q"), to_bytes("1")});
    Result<Committed> lost = f.journal->commit_blocking(std::move(late));
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, Code::ExchangeReplayed);
    EXPECT_EQ(lost.error().help[0], (std::pair<std::string, std::string>{"index", std::to_string(held)}));
    EXPECT_FALSE(f.storage->get(Family::Quota, as_bytes("q")).value());
    EXPECT_FALSE(f.storage->get(Family::Exchange, as_bytes("y")).value());
    f.start();
  }
  EXPECT_EQ(f.check().own_statements, 1U);
}

TEST(Journal, RacingClaimsHaveOneWinner) {
  Fixture f;
  f.start();
  std::atomic<int> won{0};
  std::atomic<int> replayed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t n = 0; n < 50; ++n) {
        Unit unit = one(intent(n, Digest{static_cast<std::uint8_t>(t)}));
        unit.claims.push_back({to_bytes(std::to_string(n))});
        Result<Committed> done = f.journal->commit_blocking(std::move(unit));
        if (done) {
          ++won;
        } else if (done.error().code == Code::ExchangeReplayed) {
          ++replayed;
        }
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(won, 50);
  EXPECT_EQ(replayed, 350);
  EXPECT_EQ(f.check().own_statements, 50U);
}

TEST(Journal, DeriveSeesIdsAndItsRowsAreInTheBatch) {
  Fixture f;
  f.start();
  Unit unit = one(intent(1));
  Digest seen{};
  unit.derive = [&seen](const std::vector<CommittedEntry>& entries, std::vector<Mutation>& rows) {
    seen = entries[0].id;
    rows.push_back({Family::Outbox, to_bytes("k"), to_bytes(BytesView(entries[0].id))});
  };
  const Committed done = f.journal->commit_blocking(std::move(unit)).value();
  EXPECT_EQ(seen, done.entries[0].id);
  EXPECT_EQ(f.storage->get(Family::Outbox, as_bytes("k")).value(), to_bytes(BytesView(seen)));
}

TEST(Journal, ForeignStatementIsKeptWhole) {
  Fixture f;
  f.start();
  Unit two;
  two.entries.push_back(intent(1));
  two.entries.push_back(intent(2));
  const Committed theirs = f.journal->commit_blocking(std::move(two)).value();
  EntryDraft kept;
  kept.kind = pb::OBSERVED;
  kept.content = Foreign{theirs.entries[1].payload, theirs.entries[1].seal};
  const Committed done = f.journal->commit_blocking(one(kept)).value();
  EXPECT_EQ(done.entries[0].id, theirs.entries[1].id);
  const trust::Envelope envelope = f.journal->reader().envelope(done.entries[0].position).value();
  EXPECT_EQ(envelope.seal, theirs.entries[1].seal);
  EXPECT_EQ(f.journal->reader().find(pb::OBSERVED, theirs.entries[1].id).value(), done.entries[0].position);
  EXPECT_EQ(f.journal->reader().find(pb::INTENT, theirs.entries[1].id).value(), theirs.entries[1].position);
}

TEST(Journal, UnitsAtFaultAreRefusedAndLeaveNoTrace) {
  Fixture f;
  f.start();
  struct Case {
    const char* name;
    Code code;
    void (*spoil)(Unit&);
  };
  const Case cases[] = {
      {"journal's own family", Code::InvalidArgument,
       [](Unit& u) { u.mutations.push_back({Family::Entry, to_bytes("k"), to_bytes("v")}); }},
      {"no kind", Code::InvalidArgument, [](Unit& u) { u.entries[0].kind = pb::ENTRY_KIND_UNSPECIFIED; }},
      {"kind of another statement", Code::InvalidArgument, [](Unit& u) { u.entries[0].kind = pb::NRO_OUT; }},
      {"own kind without statement", Code::InvalidArgument, [](Unit& u) { u.entries[0].content = std::string("{}"); }},
      {"draft without purpose", Code::StatementInvalid,
       [](Unit& u) { std::get<trust::Draft>(u.entries[0].content).members.erase("purpose"); }},
      {"too many tokens", Code::LimitExceeded,
       [](Unit& u) { u.entries[0].tokens.assign(17, {Dimension::Parent, "p"}); }},
      {"too many entries", Code::LimitExceeded, [](Unit& u) { u.entries.assign(1025, u.entries[0]); }},
      {"giant detail", Code::LimitExceeded,
       [](Unit& u) {
         u.entries[0].kind = pb::ALERT;
         u.entries[0].content = std::string(60'000, 'x');
       }},
      {"giant foreign payload", Code::LimitExceeded,
       [](Unit& u) {
         u.entries[0].kind = pb::OBSERVED;
         u.entries[0].content = Foreign{std::string(17'000, 'x'), {}};
       }},
  };
  const Head before = f.journal->head();
  for (const Case& c : cases) {
    Unit unit = one(intent(1));
    c.spoil(unit);
    Result<Committed> done = f.journal->commit_blocking(std::move(unit));
    ASSERT_FALSE(done) << c.name;
    EXPECT_EQ(done.error().code, c.code) << c.name << ": " << done.error().chain();
  }
  EXPECT_EQ(f.journal->head().size, before.size);
}

TEST(Journal, MutationsAloneCommit) {
  Fixture f;
  f.start();
  Unit unit;
  unit.mutations.push_back({Family::Offer, to_bytes("k"), to_bytes("v")});
  ASSERT_TRUE(f.journal->commit_blocking(std::move(unit)));
  EXPECT_EQ(f.journal->head().size, 2U);
  EXPECT_EQ(f.storage->get(Family::Offer, as_bytes("k")).value(), to_bytes("v"));
}

TEST(Journal, CoroutinesResumeWithTheirResult) {
  Fixture f;
  f.start();
  Result<Committed> done = async::sync_wait(f.journal->commit(one(intent(1))));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->entries[0].index, 2U);
}

TEST(Journal, ObserverSeesEveryDurableHead) {
  Fixture f;
  f.start();
  std::vector<std::uint64_t> sizes;
  f.journal->observe([&](const Head& head) { sizes.push_back(head.size); });
  ASSERT_TRUE(f.journal->commit_blocking(one(intent(1))));
  ASSERT_TRUE(f.journal->commit_blocking(one(intent(2))));
  f.journal->observe({});
  ASSERT_TRUE(f.journal->commit_blocking(one(intent(3))));
  EXPECT_EQ(sizes, (std::vector<std::uint64_t>{3, 4}));
}

TEST(Journal, StopDrainsThenRefuses) {
  Fixture f;
  f.start();
  ASSERT_TRUE(f.journal->commit_blocking(one(intent(1))));
  f.journal->stop();
  EXPECT_TRUE(f.journal->stopped());
  EXPECT_EQ(f.journal->commit_blocking(one(intent(2))).error().code, Code::JournalStopped);
  f.journal->stop();
  EXPECT_EQ(f.check().own_statements, 1U);
}

TEST(Journal, WithoutAThreadWritesWhenItIsTold) {
  Fixture f;
  JournalOptions options = f.options();
  options.thread = false;
  f.journal = Journal::open(std::move(options), f.storage).value();
  EXPECT_FALSE(f.journal->write());
  async::Task<Result<Committed>> first = f.journal->commit(one(intent(1)));
  async::Task<Result<Committed>> second = f.journal->commit(one(intent(2)));
  EXPECT_EQ(f.journal->head().size, 2U);
  EXPECT_TRUE(f.journal->queued());
  EXPECT_TRUE(f.journal->write());
  EXPECT_FALSE(f.journal->queued());
  EXPECT_FALSE(f.journal->write());
  EXPECT_EQ(async::sync_wait(std::move(first))->entries[0].index, 2U);
  EXPECT_EQ(async::sync_wait(std::move(second))->entries[0].index, 3U);
  async::Task<Result<Committed>> lost = f.journal->commit(one(intent(3)));
  f.journal->stop();
  EXPECT_EQ(async::sync_wait(std::move(lost)).error().code, Code::JournalStopped);
  EXPECT_EQ(f.check().entries, 4U);
}

}  // namespace
}  // namespace sekisho::node::testing
