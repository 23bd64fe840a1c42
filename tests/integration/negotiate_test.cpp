// The operator's call for an agreement: from the wish to FINALIZED on both sides.
#include <fmt/format.h>

#include "tests/support/loopback_node.hpp"

namespace sekisho::test {
namespace {

class Negotiate : public ::testing::Test {
 protected:
  void SetUp() override { world.start(); }

  http::ClientResponse wish(std::string body) { return world.trade.operate("POST", "/negotiations", std::move(body)); }
  std::size_t agreements(LoopbackNode& node) {
    const JsonObject list = object_in(node.operate("GET", "/agreements").body);
    const Json* all = list.if_contains("agreements");
    return all != nullptr && all->is_array() ? all->get_array().size() : 0;
  }

  LoopbackWorld world;
};

TEST_F(Negotiate, AnswersWhenBothSidesHaveTheAgreement) {
  const auto first = wish(R"({"provider":"farm.jp.example","dataset":"events"})");
  ASSERT_EQ(first.status, 200) << first.body;
  const auto second = wish(R"({"provider":"farm.jp.example","dataset":"events"})");
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_NE(object_in(first.body)["agreement"], object_in(second.body)["agreement"]) << "each wish is a negotiation of its own";
  EXPECT_EQ(object_in(first.body)["dataset"], "events");
  EXPECT_EQ(agreements(world.trade), 2U);
  EXPECT_EQ(agreements(world.farm), 2U);
}

TEST_F(Negotiate, TakesTheOfferThatIsGiven) {
  const auto dataset = world.trade.ask_peer(world.farm, "GET", "/dsp/2025-1/catalog/datasets/events");
  ASSERT_EQ(dataset.status, 200) << dataset.body;
  JsonObject document = object_in(dataset.body);
  const Json offer = document["hasPolicy"].as_array().at(0);
  const JsonObject wanted{{"provider", "farm.jp.example"}, {"dataset", "events"}, {"offer", offer}};
  const auto agreed = wish(to_text(Json(wanted)));
  EXPECT_EQ(agreed.status, 200) << agreed.body;
  // The provider holds the offer of another dataset against what it published.
  JsonObject crossed = wanted;
  crossed["dataset"] = "twice";
  const auto refused = wish(to_text(Json(crossed)));
  EXPECT_NE(refused.status, 200) << refused.body;
  EXPECT_EQ(agreements(world.farm), 1U);
}

TEST_F(Negotiate, RefusesWhatItCannotRead) {
  struct Case {
    const char* name;
    std::string body;
    int status;
    const char* code;
  };
  const Case cases[] = {
      {"no provider", R"({"dataset":"events"})", 400, "JSON_SHAPE"},
      {"no dataset", R"({"provider":"farm.jp.example"})", 400, "JSON_SHAPE"},
      {"an unknown member", R"({"provider":"farm.jp.example","dataset":"events","price":1})", 400, "JSON_SHAPE"},
      {"an offer that is no object", R"({"provider":"farm.jp.example","dataset":"events","offer":"offer-events"})", 400, "JSON_SHAPE"},
      {"not JSON", "events", 400, "JSON_SYNTAX"},
      {"a provider that nobody knows", R"({"provider":"nobody.jp.example","dataset":"events"})", 404, "PEER_UNKNOWN"},
      {"a dataset that is not offered", R"({"provider":"farm.jp.example","dataset":"nothing"})", 404, "DATASET_UNKNOWN"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto answer = wish(c.body);
    EXPECT_EQ(answer.status, c.status) << answer.body;
    EXPECT_EQ(code_in(answer), c.code) << answer.body;
  }
  EXPECT_EQ(agreements(world.trade), 0U);
}

}  // namespace
}  // namespace sekisho::test
