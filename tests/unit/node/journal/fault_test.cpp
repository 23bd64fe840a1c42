// What the journal does when the storage fails under it (audit-and-provenance.md 7.8, rows 17 and 18).
#include <gtest/gtest.h>

#include <condition_variable>
#include <thread>

#include "node/journal/queue.hpp"
#include "node/journal/scrub.hpp"
#include "tests/support/journal_kit.hpp"

namespace sekisho::node::testing {
namespace {

struct Fixture : JournalKit {
  std::shared_ptr<MemoryStorage> storage = std::make_shared<MemoryStorage>();
  std::unique_ptr<Journal> journal = Journal::open(options(), storage).value();
};

class FailedSync : public ::testing::TestWithParam<bool> {};

TEST_P(FailedSync, IsIndeterminateThenTheJournalDerivesItselfAgain) {
  const bool present = GetParam();
  Fixture f;
  ASSERT_TRUE(f.journal->commit_blocking(one(intent(1, Digest{1}))));
  f.storage->fail_commit(0, Code::Io, present);
  Unit unit = one(intent(2, Digest{1}));
  unit.claims.push_back({to_bytes("claim")});
  Result<Committed> lost = f.journal->commit_blocking(std::move(unit));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Code::JournalIndeterminate);

  // The caller repeats with the same claim: it gets what the disk says.
  Unit again = one(intent(2, Digest{1}));
  again.claims.push_back({to_bytes("claim")});
  Result<Committed> second = f.journal->commit_blocking(std::move(again));
  EXPECT_EQ(second.has_value(), !present);
  if (present) {
    EXPECT_EQ(second.error().code, Code::ExchangeReplayed);
  }

  Result<Committed> next = f.journal->commit_blocking(one(intent(3, Digest{1})));
  ASSERT_TRUE(next) << next.error().chain();
  EXPECT_EQ(trust::parse_statement(next->entries[0].payload)->counter, 2U);
  Result<ScrubReport> report = scrub(*f.storage, {f.statement->public_key(), {}});
  ASSERT_TRUE(report) << report.error().chain();
  EXPECT_EQ(report->own_statements, 3U);
}

INSTANTIATE_TEST_SUITE_P(LostOrPresent, FailedSync, ::testing::Bool());

TEST(Fault, ASecondFailureStopsForGood) {
  Fixture f;
  f.storage->fail_reopen();
  f.storage->fail_commit(0, Code::DiskFull, false);
  EXPECT_EQ(f.journal->commit_blocking(one(intent(1))).error().code, Code::DiskFull);
  Result<Committed> after = f.journal->commit_blocking(one(intent(2)));
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, Code::JournalStopped);
  EXPECT_NE(after.error().chain().find("planted fault at reopen"), std::string::npos);
  EXPECT_TRUE(f.journal->stopped());
  EXPECT_EQ(f.journal->head().size, 2U);
}

// A signer that waits until it is let go, so that the queue fills behind it.
class GateSigner final : public Signer {
 public:
  explicit GateSigner(std::shared_ptr<Signer> inner) : inner_(std::move(inner)) {}
  [[nodiscard]] Ed25519PublicKey public_key() const override { return inner_->public_key(); }
  [[nodiscard]] Result<Signature> sign(BytesView message) override {
    std::unique_lock lock(mutex_);
    entered_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    return inner_->sign(message);
  }
  void wait_entered() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return entered_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::shared_ptr<Signer> inner_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool entered_ = false;
  bool open_ = false;
};

TEST(Fault, FloodIsRefusedNotBuffered) {
  JournalKit kit;
  auto gate = std::make_shared<GateSigner>(kit.statement);
  JournalOptions options = kit.options();
  options.statement_signer = gate;
  options.queue_units = 16;
  auto storage = std::make_shared<MemoryStorage>();
  auto journal = Journal::open(std::move(options), storage).value();
  std::thread first([&] { EXPECT_TRUE(journal->commit_blocking(one(intent(1)))); });
  gate->wait_entered();
  std::vector<std::thread> flood;
  std::atomic<int> busy{0};
  std::atomic<int> done{0};
  for (int i = 0; i < 40; ++i) {
    flood.emplace_back([&] {
      Result<Committed> r = journal->commit_blocking(one(intent(2)));
      if (r) {
        ++done;
      } else {
        EXPECT_EQ(r.error().code, Code::Busy);
        EXPECT_EQ(r.error().help[0].first, "retry_after_s");
        if (++busy == 24) gate->open();
      }
    });
  }
  for (std::thread& t : flood) t.join();
  first.join();
  EXPECT_EQ(busy, 24);
  EXPECT_EQ(done, 16);
}

TEST(Fault, QueueCountsOctets) {
  CommitQueue queue(100, 1000);
  Pending a{{}, 600, {}};
  Pending b{{}, 600, {}};
  EXPECT_EQ(queue.push(a), CommitQueue::Push::Accepted);
  EXPECT_EQ(queue.push(b), CommitQueue::Push::Full);
  EXPECT_EQ(queue.take(1024, 1 << 20).size(), 1U);
  EXPECT_EQ(queue.push(b), CommitQueue::Push::Accepted);
  queue.close();
  Pending c{{}, 1, {}};
  EXPECT_EQ(queue.push(c), CommitQueue::Push::Closed);
  EXPECT_EQ(queue.take(1024, 1 << 20).size(), 1U);
  EXPECT_TRUE(queue.take(1024, 1 << 20).empty());
}

TEST(Fault, BatchesStayWithinTheirLimits) {
  CommitQueue queue(100, 1 << 30);
  for (int i = 0; i < 10; ++i) {
    Pending p{{}, 300, {}};
    p.unit.entries.resize(300);
    ASSERT_EQ(queue.push(p), CommitQueue::Push::Accepted);
  }
  EXPECT_EQ(queue.take(1024, 1 << 20).size(), 3U);  // entries
  EXPECT_EQ(queue.take(1 << 20, 700).size(), 2U);   // octets
  EXPECT_EQ(queue.take(1, 1).size(), 1U);           // at least one
}

TEST(Fault, RefusedSignatureLeavesTheLogAsItWas) {
  class NoSigner final : public Signer {
   public:
    explicit NoSigner(Ed25519PublicKey key) : key_(key) {}
    [[nodiscard]] Ed25519PublicKey public_key() const override { return key_; }
    [[nodiscard]] Result<Signature> sign(BytesView) override { return fail(Code::KeyFile, "token removed"); }

   private:
    Ed25519PublicKey key_;
  };
  JournalKit kit;
  JournalOptions options = kit.options();
  options.statement_signer = std::make_shared<NoSigner>(kit.statement->public_key());
  auto storage = std::make_shared<MemoryStorage>();
  auto journal = Journal::open(std::move(options), storage).value();
  EXPECT_EQ(journal->commit_blocking(one(intent(1, Digest{1}))).error().code, Code::KeyFile);
  EXPECT_EQ(journal->head().size, 2U);
  EXPECT_TRUE(scrub(*storage));
}

}  // namespace
}  // namespace sekisho::node::testing
