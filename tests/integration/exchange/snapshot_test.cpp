// A node that was stopped comes back to no older trust than it had: what its zone revoked meanwhile stays revoked.
#include "tests/integration/stream_world.hpp"

namespace sekisho::test {
namespace {

TEST(Snapshot, AnOlderOneIsRefusedAfterARestartToo) {
  LoopbackWorld world;
  const Bytes older = world.jp.snapshot;
  world.start();
  world.publish();
  ASSERT_NE(world.jp.snapshot, older);
  world.farm.stop();
  world.farm.install_snapshot(older);
  EXPECT_FALSE(world.farm.start());
  EXPECT_NE(world.farm.last_error.find("SNAPSHOT_ROLLBACK"), std::string::npos) << world.farm.last_error;
  world.farm.install_snapshot(world.jp.snapshot);
  EXPECT_TRUE(world.farm.start()) << world.farm.last_error;
}

}  // namespace
}  // namespace sekisho::test
