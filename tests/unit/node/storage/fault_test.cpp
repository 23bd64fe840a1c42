// The journal over RocksDB over a file system that fails (audit-and-provenance.md 5.3; 7.8 rows 2, 3, 17).
#include <gtest/gtest.h>

#include <thread>

#include "node/audit/publisher.hpp"
#include "node/journal/scrub.hpp"
#include "node/storage/rocksdb_hooks.hpp"
#include "node/storage/rocksdb_storage.hpp"
#include "tests/support/journal_kit.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/unsynced_file_system.hpp"

namespace sekisho::node::testing {
namespace {

struct Fixture : JournalKit {
  testing_support::TempFolder folder;
  std::shared_ptr<testing_support::UnsyncedFileSystem> files = std::make_shared<testing_support::UnsyncedFileSystem>();
  std::shared_ptr<RocksDbStorage> storage;
  std::unique_ptr<Journal> journal;

  Fixture() { start(); }

  Status try_start() {
    journal.reset();
    storage.reset();
    RocksDbOptions options;
    options.path = folder.path() / "db";
    options.did = "did:web:" + dns;
    options.hooks = std::make_shared<const RocksDbHooks>(RocksDbHooks{files, true});
    Result<std::unique_ptr<RocksDbStorage>> opened = RocksDbStorage::open(std::move(options));
    if (!opened) return fail(opened.error());
    storage = std::move(*opened);
    Result<std::unique_ptr<Journal>> begun = Journal::open(this->options(folder.file("anchor")), storage);
    if (!begun) return fail(begun.error());
    journal = std::move(*begun);
    return {};
  }
  void start() {
    Status started = try_start();
    ASSERT_TRUE(started) << started.error().chain();
  }
  ScrubReport check() {
    Result<ScrubReport> report = scrub(*storage, {statement->public_key(), {}});
    EXPECT_TRUE(report) << report.error().chain();
    return report ? *report : ScrubReport{};
  }
};

TEST(RocksDbFault, FailedSyncIsIndeterminateAndWhatTheDiskHoldsDecides) {
  Fixture f;
  ASSERT_TRUE(f.journal->commit_blocking(one(intent(1, Digest{1}))));
  f.files->plan().fail_sync_in = 0;
  Unit unit = one(intent(2, Digest{1}));
  unit.claims.push_back({to_bytes("x")});
  EXPECT_EQ(f.journal->commit_blocking(std::move(unit)).error().code, Code::JournalIndeterminate);
  Unit again = one(intent(2, Digest{1}));
  again.claims.push_back({to_bytes("x")});
  // The octets were handed over before the sync failed: the reopened database holds them.
  EXPECT_EQ(f.journal->commit_blocking(std::move(again)).error().code, Code::ExchangeReplayed);
  ASSERT_TRUE(f.journal->commit_blocking(one(intent(3, Digest{1}))));
  EXPECT_EQ(f.check().own_statements, 3U);
}

TEST(RocksDbFault, FullDiskLosesNothingAcknowledged) {
  Fixture f;
  ASSERT_TRUE(f.journal->commit_blocking(one(intent(1))));
  f.files->plan().no_space = true;
  f.files->plan().fail_append_in = 0;
  Result<Committed> refused = f.journal->commit_blocking(one(intent(2)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::DiskFull) << refused.error().chain();
  ASSERT_TRUE(f.journal->commit_blocking(one(intent(3))));
  EXPECT_EQ(f.check().own_statements, 2U);
}

TEST(RocksDbFault, SyncFailingAtEachPlaceOfAStartNeverLosesTheLog) {
  Fixture f;
  ASSERT_TRUE(f.journal->commit_blocking(one(intent(1))));
  for (int n = 0; n < 4; ++n) {
    f.files->plan().fail_sync_in = n;
    static_cast<void>(f.try_start());  // may fail: then it said so
    f.files->plan().fail_sync_in = -1;
    f.start();
    EXPECT_EQ(f.check().own_statements, 1U) << n;
  }
}

TEST(RocksDbFault, TruncatedWalIsCaughtByTheAnchor) {
  Fixture f;
  for (std::uint64_t n = 0; n < 50; ++n) ASSERT_TRUE(f.journal->commit_blocking(one(intent(n))));
  {
    auto publisher = Publisher::start(*f.journal, {f.log, f.folder.file("anchor"), std::chrono::hours(1), 1'000'000});
    ASSERT_TRUE(publisher);
  }
  f.journal.reset();
  f.storage.reset();
  for (const auto& entry : std::filesystem::directory_iterator(f.folder.path() / "db")) {
    if (entry.path().extension() == ".log") std::filesystem::resize_file(entry.path(), entry.file_size() / 2);
  }
  Status started = f.try_start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Code::DatabaseRolledBack) << started.error().chain();
}

TEST(RocksDbFault, TwoNodesOnOneFolder) {
  Fixture f;
  RocksDbOptions options;
  options.path = f.folder.path() / "db";
  EXPECT_EQ(RocksDbStorage::open(std::move(options)).error().code, Code::DatabaseLocked);
}

TEST(RocksDbFault, EveryAcknowledgedEntryWasSynced) {
  Fixture f;
  const std::uint64_t before = f.files->plan().syncs;
  for (std::uint64_t n = 0; n < 20; ++n) ASSERT_TRUE(f.journal->commit_blocking(one(intent(n))));
  EXPECT_GE(f.files->plan().syncs - before, 20U);
}

TEST(RocksDbFault, ParallelProducersShareSyncs) {
  Fixture f;
  const std::uint64_t before = f.files->plan().syncs;
  std::vector<std::thread> threads;
  for (std::uint8_t t = 0; t < 8; ++t) {
    threads.emplace_back([&f, t] {
      for (std::uint64_t n = 0; n < 25; ++n) {
        EXPECT_TRUE(f.journal->commit_blocking(one(intent(t * 100U + n, Digest{t}))));
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_LE(f.files->plan().syncs - before, 200U);
  EXPECT_EQ(f.check().own_statements, 200U);
}

}  // namespace
}  // namespace sekisho::node::testing
