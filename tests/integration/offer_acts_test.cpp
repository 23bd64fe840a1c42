// What an operator does with offers, by the routes of the operator's socket, between two whole nodes.
#include <fmt/format.h>

#include "base/http/url.hpp"
#include "tests/support/loopback_node.hpp"

namespace sekisho::test {
namespace {

class OfferActs : public ::testing::Test {
 protected:
  void SetUp() override {
    world.start();
    const auto dataset = world.trade.ask_peer(world.farm, "GET", "/dsp/2025-1/catalog/datasets/events");
    ASSERT_EQ(dataset.status, 200) << dataset.body;
    JsonObject document = object_in(dataset.body);
    offer = get_string(document["hasPolicy"].as_array().at(0).as_object(), "@id").value_or("");
  }
  http::ClientResponse propose() {
    return world.farm.operate("POST", "/negotiations/offers", to_text(Json(JsonObject{{"peer", "trade.eu.example"}, {"offer", offer}})));
  }
  // The id of what waits for trade's operator; empty: nothing does.
  std::string waiting() {
    const JsonObject list = object_in(world.trade.operate("GET", "/negotiations").body);
    const auto rows = get_array(list, "negotiations");
    if (!rows || (*rows)->empty()) return {};
    const JsonObject& row = (**rows)[0].as_object();
    return row.at("waits").as_bool() ? get_string(row, "negotiation").value_or("") : "";
  }
  http::ClientResponse act(const std::string& id, const char* verb, std::string body = "") {
    return world.trade.operate("POST", "/negotiations/" + http::percent_encode(id) + "/" + verb, std::move(body));
  }
  std::string state(LoopbackNode& node, const std::string& id) {
    return get_string(object_in(node.operate("GET", "/negotiations/" + http::percent_encode(id)).body), "state").value_or("");
  }
  std::size_t agreements(LoopbackNode& node) {
    const JsonObject list = object_in(node.operate("GET", "/agreements").body);
    const auto all = get_array(list, "agreements");
    return all ? (*all)->size() : 0;
  }

  LoopbackWorld world;
  std::string offer;
};

TEST_F(OfferActs, AnOfferIsShownAndAccepted) {
  const auto proposed = propose();
  ASSERT_EQ(proposed.status, 200) << proposed.body;
  ASSERT_TRUE(eventually([&] { return !waiting().empty(); }));
  const std::string id = waiting();
  const JsonObject shown = object_in(world.trade.operate("GET", "/negotiations/" + http::percent_encode(id)).body);
  EXPECT_FALSE(get_array(shown, "rules").value()->empty());
  EXPECT_EQ(agreements(world.trade), 0U);
  const auto accepted = act(id, "accept");
  ASSERT_EQ(accepted.status, 200) << accepted.body;
  EXPECT_TRUE(eventually([&] { return state(world.trade, id) == "FINALIZED"; }));
  EXPECT_TRUE(eventually([&] {
    return state(world.farm, get_string(object_in(proposed.body), "negotiation").value_or("")) == "FINALIZED";
  }));
  EXPECT_EQ(agreements(world.trade), 1U);
  EXPECT_EQ(agreements(world.farm), 1U);
  const auto again = act(id, "accept");
  EXPECT_EQ(again.status, 400) << again.body;
  EXPECT_EQ(code_in(again), "STATE_TRANSITION");
}

TEST_F(OfferActs, AnOfferIsRefused) {
  ASSERT_EQ(propose().status, 200);
  ASSERT_TRUE(eventually([&] { return !waiting().empty(); }));
  const std::string id = waiting();
  const auto refused = act(id, "refuse");
  ASSERT_EQ(refused.status, 200) << refused.body;
  EXPECT_EQ(get_string(object_in(refused.body), "state").value_or(""), "TERMINATED");
  EXPECT_TRUE(waiting().empty());
  EXPECT_EQ(agreements(world.farm), 0U);
}

TEST_F(OfferActs, AnotherOfferIsAskedFor) {
  ASSERT_EQ(propose().status, 200);
  ASSERT_TRUE(eventually([&] { return !waiting().empty(); }));
  const std::string id = waiting();
  EXPECT_EQ(code_in(act(id, "counter", R"({"offer":"urn:offer:none"})")), "OFFER_UNKNOWN");
  EXPECT_EQ(code_in(act(id, "counter", "{}")), "JSON_SHAPE");
  EXPECT_EQ(code_in(act(id, "counter", R"({"offer":"x","price":"1"})")), "JSON_SHAPE");
  ASSERT_EQ(act(id, "counter", to_text(Json(JsonObject{{"offer", offer}}))).status, 200);
  EXPECT_TRUE(eventually([&] { return state(world.trade, id) == "FINALIZED"; }));
}

TEST_F(OfferActs, WhatDoesNotExistIsSaidSo) {
  EXPECT_EQ(act("urn:uuid:unknown", "accept").status, 404);
  EXPECT_EQ(act("urn:uuid:unknown", "refuse").status, 404);
  EXPECT_EQ(world.trade.operate("GET", "/negotiations/unknown").status, 404);
  EXPECT_EQ(code_in(world.farm.operate("POST", "/negotiations/offers", R"({"peer":"trade.eu.example","offer":"none"})")), "OFFER_UNKNOWN");
  EXPECT_EQ(code_in(world.farm.operate("POST", "/negotiations/offers", to_text(Json(JsonObject{{"peer", "nobody.eu.example"}, {"offer", offer}})))),
            "PEER_UNKNOWN");
  EXPECT_EQ(world.farm.operate("POST", "/negotiations/offers", R"({"peer":"trade.eu.example"})").status, 400);
}

}  // namespace
}  // namespace sekisho::test
