// The operator's view of processes, on two whole nodes.
#include "base/http/url.hpp"
#include "tests/support/loopback_node.hpp"

namespace sekisho::test {
namespace {

class Processes : public ::testing::Test {
 protected:
  void SetUp() override { world.start(); }

  JsonArray list(LoopbackNode& node, const std::string& query) {
    const JsonObject answer = object_in(node.operate("GET", "/processes" + query).body);
    const Json* rows = answer.if_contains("processes");
    return rows != nullptr && rows->is_array() ? rows->get_array() : JsonArray();
  }
  static std::string text(const JsonObject& row, const char* name) { return get_string(row, name).value_or(""); }

  LoopbackWorld world;
};

TEST_F(Processes, AreListedShownAndEnded) {
  const auto agreed = world.trade.operate("POST", "/negotiations", R"({"provider":"farm.jp.example","dataset":"events"})");
  ASSERT_EQ(agreed.status, 200) << agreed.body;
  // The consumer has the final event before the provider sees its acknowledgement.
  ASSERT_TRUE(eventually([&] { return list(world.farm, "").empty(); }));
  const JsonArray known = list(world.trade, "?all=true");
  ASSERT_EQ(known.size(), 1U);
  const std::string pid = text(known.at(0).get_object(), "process");
  EXPECT_TRUE(list(world.trade, "?all=false").empty());
  EXPECT_EQ(list(world.farm, "?all=true").size(), 1U);
  EXPECT_EQ(list(world.farm, "?all=true&peer=trade.eu.example").size(), 1U);
  EXPECT_TRUE(list(world.farm, "?all=true&peer=other.eu.example").empty());

  // By its own id here, by the peer's there.
  for (LoopbackNode* node : {&world.trade, &world.farm}) {
    const auto shown = node->operate("GET", "/processes/" + http::percent_encode(pid));
    ASSERT_EQ(shown.status, 200) << shown.body;
    const JsonObject process = object_in(shown.body);
    EXPECT_EQ(text(process, "kind"), "negotiation");
    EXPECT_EQ(text(process, "state"), "FINALIZED");
    std::string story;
    for (const Json& event : process.at("timeline").get_array()) {
      story += text(event.get_object(), "source") + " " + text(event.get_object(), "message") + " ";
    }
    EXPECT_EQ(story, node == &world.trade ? "own request out request in agreement out verification in finalized "
                                          : "in request out agreement in verification out finalized ");
    const auto ended = node->operate("POST", "/processes/" + http::percent_encode(pid) + "/end");
    EXPECT_EQ(ended.status, 409) << ended.body;
  }
}

TEST_F(Processes, RefuseWhatTheyDoNotKnow) {
  EXPECT_EQ(world.farm.operate("GET", "/processes/urn%3Anobody").status, 404);
  EXPECT_EQ(world.farm.operate("POST", "/processes/urn%3Anobody/end").status, 404);
  EXPECT_EQ(world.farm.operate("POST", "/processes/urn%3Anobody/end?reason=BECAUSE").status, 400);
  EXPECT_EQ(world.farm.operate("GET", "/processes?all=perhaps").status, 400);
  EXPECT_EQ(world.farm.operate("GET", "/processes?open=true").status, 400);
}

}  // namespace
}  // namespace sekisho::test
