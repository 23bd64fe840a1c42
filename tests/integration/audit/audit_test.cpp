// What an auditor reads at a whole node, and what the node says of that.
#include <gtest/gtest.h>

#include <sstream>

#include "base/core/file.hpp"
#include "node/journal/origin.hpp"
#include "tests/support/loopback_node.hpp"
#include "trust/evidence/bundle.hpp"
#include "trust/log/checkpoint.hpp"

namespace sekisho::test {
namespace {

class Audit : public ::testing::Test {
 protected:
  void SetUp() override { world.start(); }

  http::ClientResponse ask(const std::string& kind) {
    return world.farm.service("POST", "/v1/audit/query", "{\"kind\":\"" + kind + "\"}",
                              {{"Authorization", "Bearer " + world.farm.auditor}});
  }

  LoopbackWorld world;
};

TEST_F(Audit, AQueryIsLoggedBeforeItsFirstPageAndAfterItsLast) {
  ASSERT_EQ(ask("GENESIS").status, 200);
  const auto log = ask("ACCESS");
  ASSERT_EQ(log.status, 200) << log.body;
  std::vector<JsonObject> said;
  std::istringstream lines(log.body);
  for (std::string line; std::getline(lines, line);) {
    const JsonObject entry = object_in(line);
    if (entry.contains("says")) said.push_back(entry.at("says").as_object());
  }
  ASSERT_EQ(said.size(), 2U) << log.body;
  EXPECT_FALSE(said[0].contains("count"));
  EXPECT_EQ(said[1].at("count").as_int64(), 1);
  EXPECT_TRUE(said[0].at("query") == said[1].at("query"));
}

// After a restore a node has a second log; what the first one holds is proven by it for ever.
TEST_F(Audit, AClosedLogIsServedAndExported) {
  const auto crossed = world.trade.service("GET", data_target("events"));
  ASSERT_EQ(crossed.status, 200) << crossed.body;
  const std::string exchange(crossed.headers.get("Sekisho-Exchange"));
  const auto origin = trust::parse_log_origin(node::log_origin(world.farm.dns, SystemClock().now()));
  ASSERT_TRUE(origin);
  world.farm.stop();
  ASSERT_TRUE(write_file_atomic(world.farm.settings.data / "RESTORED", as_bytes("a test"), 0600));
  ASSERT_TRUE(world.farm.start()) << world.farm.last_error;
  EXPECT_FALSE(std::filesystem::exists(world.farm.settings.data / "RESTORED"));

  const auto of_log = [this](const std::string& shard) {
    return world.trade.ask_peer(world.farm, "GET", "/tlog/" + shard + "/checkpoint");
  };
  const auto closed = of_log(origin->shard());
  ASSERT_EQ(closed.status, 200) << closed.body;
  EXPECT_TRUE(closed.body.starts_with(origin->text() + "\n")) << closed.body;
  EXPECT_EQ(of_log(origin->shard() + ".1").status, 200);
  EXPECT_EQ(of_log(origin->shard() + ".2").status, 404);
  const auto tile = world.trade.ask_peer(world.farm, "GET", "/tlog/" + origin->shard() + "/tile/0/000.p/2");
  EXPECT_EQ(tile.status, 200) << tile.body;

  const auto bundle = world.farm.service("POST", "/v1/audit/export", "{\"exchange\":\"" + exchange + "\"}",
                                         {{"Authorization", "Bearer " + world.farm.auditor}});
  ASSERT_EQ(bundle.status, 200) << bundle.body;
  EXPECT_NE(bundle.body.find(trust::log_folder(origin->text()) + "checkpoint"), std::string::npos);
}

}  // namespace
}  // namespace sekisho::test
