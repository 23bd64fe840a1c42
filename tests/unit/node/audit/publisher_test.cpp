#include "node/audit/publisher.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <thread>

#include "node/audit/checkpoints.hpp"
#include "node/journal/anchor.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/node/audit/audit_kit.hpp"
#include "trust/log/checkpoint.hpp"

namespace sekisho::node::testing {
namespace {

using testing_support::TempFolder;

TEST(Publisher, ShowsAVerifiableCheckpointFromTheStart) {
  AuditKit kit;
  const auto first = kit.publisher->latest();
  EXPECT_EQ(first->size, 2U);
  const trust::VerifierKey key{kit.journal->origin(), trust::NoteKeyType::Ed25519, kit.log->public_key()};
  Result<trust::OpenedCheckpoint> opened = trust::open_checkpoint(first->note, key);
  ASSERT_TRUE(opened) << opened.error().chain();
  EXPECT_EQ(opened->checkpoint.root, first->root);
}

TEST(Publisher, NowCoversWhatIsDurableAndTheAnchorHoldsIt) {
  const TempFolder folder;
  AuditKit kit(folder.file("anchor"));
  ASSERT_TRUE(kit.journal->commit_blocking(one(intent(1))));
  EXPECT_EQ(kit.publisher->latest()->size, 2U);
  const auto now = kit.publish();
  EXPECT_EQ(now->size, 3U);
  EXPECT_EQ(now->root, kit.journal->head().root);
  EXPECT_EQ(read_anchor(folder.file("anchor")).value()->note, now->note);
  EXPECT_EQ(kit.publish(), now);  // nothing new, nothing signed
}

TEST(Publisher, SameHeadIsSignedToTheSameOctetsAfterARestart) {
  const TempFolder folder;
  AuditKit kit(folder.file("anchor"));
  const std::string note = kit.publish()->note;
  kit.publisher.reset();
  kit.publisher = Publisher::start(*kit.journal, {kit.log, folder.file("anchor"), std::chrono::hours(1), 4096}).value();
  EXPECT_EQ(kit.publisher->latest()->note, note);
}

TEST(Publisher, EveryNEntriesWakeIt) {
  AuditKit kit;
  kit.publisher.reset();  // a journal has one observer
  kit.publisher = Publisher::start(*kit.journal, {kit.log, "", std::chrono::hours(1), 10}).value();
  for (std::uint64_t n = 0; n < 12; ++n) ASSERT_TRUE(kit.journal->commit_blocking(one(intent(n))));
  while (kit.publisher->latest()->size < 12) std::this_thread::yield();  // the test's own time limit bounds this
  EXPECT_GE(kit.publisher->latest()->size, 12U);
}

TEST(Publisher, NothingIsShownThatIsNotAnchored) {
  const TempFolder folder;
  AuditKit kit(folder.file("anchor"));
  kit.publisher.reset();
  // The anchor cannot be opened: the publisher does not start.
  EXPECT_FALSE(Publisher::start(*kit.journal, {kit.log, folder.file("no/such/anchor"), std::chrono::hours(1), 10}));
}

TEST(Publisher, CheckpointsAreKeptAndTheNewestIsFound) {
  AuditKit kit;
  ASSERT_TRUE(kit.journal->commit_blocking(one(intent(1))));
  kit.publisher->stop();
  const LogInfo log = kit.journal->reader().logs()->front();
  const Published kept = newest_checkpoint(*kit.storage, log).value().value();
  EXPECT_EQ(kept.size, 3U);
  EXPECT_EQ(kept.note, kit.publisher->latest()->note);
  EXPECT_FALSE(newest_checkpoint(*kit.storage, {7, "x", std::nullopt}).value());
  EXPECT_FALSE(newest_checkpoint(*kit.storage, {0, "x", std::nullopt}));
}

TEST(Publisher, StopsBesideAStoppedJournal) {
  AuditKit kit;
  kit.journal->stop();
  kit.publisher->stop();
  kit.publisher->stop();
  EXPECT_EQ(kit.publisher->latest()->size, 2U);
}

}  // namespace
}  // namespace sekisho::node::testing
