#include "node/audit/closed_logs.hpp"

#include <gtest/gtest.h>

#include "node/audit/checkpoints.hpp"
#include "tests/unit/node/audit/audit_kit.hpp"
#include "trust/log/checkpoint.hpp"

namespace sekisho::node::testing {
namespace {

// A successor after a kill: the newest kept checkpoint is of the start, before the last entry.
struct ClosedLogs : ::testing::Test {
  AuditKit kit;

  void SetUp() override {
    kit.add_terms();
    kit.publisher.reset();
    for (std::uint64_t n = 1; n <= 3; ++n) ASSERT_TRUE(kit.journal->commit_blocking(one(intent(n))));
    kit.journal.reset();
    kit.journal = Journal::open_successor(kit.options(), kit.storage, {"restored"}).value();
    kit.publisher = Publisher::start(*kit.journal, {kit.log, "", std::chrono::hours(1), 1'000'000}).value();
  }
  std::vector<Published> proven() {
    return proven_logs(kit.journal->reader(), *kit.storage, *kit.publisher->latest()).value();
  }
};

TEST_F(ClosedLogs, AreProvenToTheirEnd) {
  const LogInfo log = kit.journal->reader().logs()->front();
  ASSERT_TRUE(log.closed_size);
  ASSERT_EQ(proven().size(), 2U);
  EXPECT_LT(proven().front().size, *log.closed_size);

  ASSERT_TRUE(keep_closed_logs(*kit.journal, *kit.storage, *kit.log));
  const std::vector<Published> logs = proven();
  ASSERT_EQ(logs.size(), 2U);
  EXPECT_EQ(logs.front().size, *log.closed_size);
  EXPECT_EQ(logs.back().note, kit.publisher->latest()->note);
  const trust::VerifierKey key{log.origin, trust::NoteKeyType::Ed25519, kit.log->public_key()};
  const Result<trust::OpenedCheckpoint> opened = trust::open_checkpoint(logs.front().note, key);
  ASSERT_TRUE(opened) << opened.error().chain();
  EXPECT_EQ(opened->checkpoint.root, kit.journal->reader().root(log.number, *log.closed_size).value());
}

// A checkpoint that was published stays the one that is shown, also under a new log key.
TEST_F(ClosedLogs, AreSignedOnce) {
  ASSERT_TRUE(keep_closed_logs(*kit.journal, *kit.storage, *kit.log));
  const std::string first = proven().front().note;
  ASSERT_TRUE(keep_closed_logs(*kit.journal, *kit.storage, *JournalKit::signer(9)));
  EXPECT_EQ(proven().front().note, first);
}

}  // namespace
}  // namespace sekisho::node::testing
