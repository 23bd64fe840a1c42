#include "node/app/snapshot_watcher.hpp"

#include <gtest/gtest.h>

#include <future>

#include "base/core/file.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/test_zone.hpp"

namespace sekisho::node {
namespace {

using namespace std::chrono_literals;

// A full queue passes, and the file does not change for it.
TEST(SnapshotWatcher, TriesARefusedSnapshotAgain) {
  const SystemClock clock;
  const test::TestZones zones = test::make_test_zones(clock.now());
  const testing_support::TempFolder folder;
  ASSERT_TRUE(write_file_atomic(folder.path() / "snapshot.pb", zones.jp.snapshot));

  TrustHolder trust(zones.jp.descriptor, clock);
  int asked = 0;  // the watcher's thread alone
  trust.set_archive([&asked](BytesView, const trust::TrustState&) -> Status {
    if (++asked == 1) return fail(Code::Busy, "the queue is full");
    return {};
  });
  std::promise<std::uint64_t> taken;
  trust.on_change([&taken](const auto&, const auto& now) { taken.set_value(now->sequence()); });

  SnapshotWatcher watcher(folder.path() / "snapshot.pb", 1ms, trust);
  auto sequence = taken.get_future();
  ASSERT_EQ(sequence.wait_for(30s), std::future_status::ready);
  EXPECT_EQ(sequence.get(), zones.jp.state->sequence());
  watcher.stop();
  EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace sekisho::node
