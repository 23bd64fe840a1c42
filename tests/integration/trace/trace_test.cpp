// A recall over two whole nodes: own events and a partner's, joined; what is missing is named.
#include <fstream>

#include <fmt/format.h>

#include "tests/support/loopback_node.hpp"

namespace sekisho::test {
namespace {

constexpr const char* kLot = "urn:epc:class:lgtin:4512345.012345.L1";
constexpr const char* kUnit = "urn:epc:id:sscc:4512345.0000000001";

std::string event(int second, std::string_view rest) {
  return fmt::format(
      R"({{"type":"{}","eventTime":"2026-11-20T04:{:02}:{:02}Z","eventTimeZoneOffset":"+09:00","action":"OBSERVE",{},"grower":{{"name":"{}"}}}})"
      "\n",
      rest.contains("parentID") ? "AggregationEvent" : "ObjectEvent", second / 60 % 60, second % 60, rest, kGrower);
}

class TraceOverNodes : public ::testing::Test {
 protected:
  void SetUp() override {
    world.start();
    // The farm ships the lot in a unit, among more events than a record holds; trade receives the unit.
    std::ofstream farm(world.folder.path() / "farm-events.ndjson");
    farm << event(0, fmt::format(R"("bizStep":"commissioning","quantityList":[{{"epcClass":"{}"}}])", kLot));
    farm << event(60, fmt::format(R"("bizStep":"packing","parentID":"{}","childQuantityList":[{{"epcClass":"{}"}}])",
                                  kUnit, kLot));
    for (int n = 0; n < 6000; ++n)
      farm << event(n, fmt::format(R"("bizStep":"inspecting","epcList":["urn:x:other:{}"])", n));
    farm.close();
    std::ofstream trade(world.folder.path() / "trade-events.ndjson");
    trade << event(
        3000,
        fmt::format(
            R"("bizStep":"receiving","epcList":["{}"],"destinationList":[{{"type":"possessing_party","destination":"urn:x:shop"}}])",
            kUnit));
    trade.close();
    apply(world.farm, "farm-events", "chain", true);
    apply(world.trade, "trade-events", "own-chain", false);
  }

  void apply(LoopbackNode& node, const std::string& source, const std::string& dataset, bool offered) {
    JsonObject view{{"media", "application/x-ndjson"}, {"fields", JsonObject{{"/grower", "drop"}}}};
    for (const char* name : {"type", "eventTime", "eventTimeZoneOffset", "action", "bizStep", "parentID", "epcList",
                             "quantityList", "childQuantityList"}) {
      view["fields"].as_object()["/" + std::string(name)] = "keep";
    }
    JsonObject described{
        {"id", dataset}, {"source", source}, {"conformsTo", "https://ref.gs1.org/standards/epcis/2.0.0/"}};
    const std::string path = (world.folder.path() / (source + ".ndjson")).string();
    JsonObject document{{"sources", JsonArray{JsonObject{{"name", source},
                                                         {"manifest", JsonObject{{"kind", "file"}, {"path", path}}}}}}};
    if (offered) {
      described["view"] = std::move(view);
      const JsonObject known = world.offers();
      const JsonArray& rows = known.at("offers").get_array();
      JsonArray offers;
      for (const auto& [id, from] :
           {std::pair(dataset, "offer-events"), std::pair(dataset + "-twice", "offer-twice")}) {
        for (const Json& row : rows) {
          if (row.get_object().at("id") != Json(from)) continue;
          offers.push_back(
              JsonObject{{"id", "offer-" + id}, {"dataset", id}, {"policy", row.get_object().at("policy")}});
        }
      }
      JsonObject twice = described;
      twice["id"] = dataset + "-twice";
      document["datasets"] = JsonArray{described, twice};
      document["offers"] = std::move(offers);
    } else {
      document["datasets"] = JsonArray{described};
    }
    const auto applied = node.operate("POST", "/apply", to_text(Json(document)));
    ASSERT_EQ(applied.status, 200) << applied.body;
  }

  JsonObject trace(std::string_view lot = kLot, std::string_view purpose = "https://w3id.org/dpv%23Verification") {
    const auto answer = world.trade.service("GET", fmt::format("/v1/trace?lot={}&purpose={}", lot, purpose));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return object_in(answer.body);
  }

  static std::vector<std::string> steps_of(const JsonObject& report) {
    std::vector<std::string> out;
    for (const Json& one : report.at("steps").get_array()) {
      const JsonObject& row = one.get_object();
      out.push_back(get_string(row, "bizStep").value_or("") + " " + get_string(row, "direction").value_or("") + " " +
                    get_string(row, "from").value_or(""));
    }
    return out;
  }

  static std::vector<std::string> breaks_of(const JsonObject& report) {
    std::vector<std::string> out;
    for (const Json& one : report.at("breaks").get_array()) {
      out.push_back(get_string(one.get_object(), "dataset").value_or("") + " " +
                    get_string(one.get_object(), "code").value_or(""));
    }
    return out;
  }

  LoopbackWorld world;
};

using List = std::vector<std::string>;

TEST_F(TraceOverNodes, JoinsPartnersUnderTheirAgreements) {
  // No agreement yet: nobody is asked, and the lot is not known here.
  const JsonObject before = trace();
  EXPECT_TRUE(steps_of(before).empty());
  ASSERT_EQ(before.at("parts").get_array().size(), 1U);

  ASSERT_EQ(world.trade.service("GET", data_target("chain")).status, 200);
  ASSERT_EQ(world.trade.service("GET", data_target("events")).status, 200);  // carries no events of EPCIS
  const JsonObject found = trace();
  EXPECT_EQ(steps_of(found), (List{"commissioning lot farm.jp.example", "packing lot farm.jp.example",
                                   "receiving downstream trade.eu.example"}));
  EXPECT_TRUE(found.at("complete").get_bool()) << to_text(Json(found));
  const JsonArray& parts = found.at("parts").get_array();
  ASSERT_EQ(parts.size(), 2U);
  const JsonObject& farm = parts[0].get_object().contains("own") ? parts[1].get_object() : parts[0].get_object();
  EXPECT_EQ(farm.at("events"), Json(6002));
  const std::string exchange = get_string(farm, "exchange").value_or("");
  const auto known = world.trade.service("GET", "/v1/exchanges/" + exchange);
  EXPECT_EQ(known.status, 200) << known.body;
  EXPECT_EQ(found.at("holders").get_array().back().get_object().at("who"), Json("urn:x:shop"));
  EXPECT_EQ(to_text(Json(found)).find(kGrower), std::string::npos);
  // The other spelling of the same lot.
  EXPECT_EQ(steps_of(trace("https://id.gs1.org/01/04512345123451/10/L1")).size(), 3U);
}

TEST_F(TraceOverNodes, NamesWhoRefusedAndGoesOn) {
  for (int n = 0; n < 2; ++n) ASSERT_EQ(world.trade.service("GET", data_target("chain-twice")).status, 200);
  ASSERT_EQ(world.trade.service("GET", data_target("chain")).status, 200);
  const JsonObject quota = trace();
  EXPECT_EQ(breaks_of(quota), List{"chain-twice QUOTA"});
  EXPECT_FALSE(quota.at("complete").get_bool());
  EXPECT_EQ(steps_of(quota).size(), 3U);
  const JsonObject purpose = trace(kUnit, "https://w3id.org/dpv%23Marketing");
  EXPECT_EQ(breaks_of(purpose).size(), 2U);
  EXPECT_EQ(steps_of(purpose), List{"receiving lot trade.eu.example"});
  world.farm.stop();
  const JsonObject gone = trace(kUnit);
  EXPECT_EQ(breaks_of(gone).size(), 2U) << to_text(Json(gone));
  EXPECT_EQ(steps_of(gone), List{"receiving lot trade.eu.example"});
}

TEST_F(TraceOverNodes, RefusesQuestionsOfAnotherShape) {
  for (const char* target : {"/v1/trace", "/v1/trace?lot=x", "/v1/trace?purpose=x", "/v1/trace?lot=&purpose=x",
                             "/v1/trace?lot=a%20b&purpose=x", "/v1/trace?lot=x&purpose=y&more=z"}) {
    EXPECT_EQ(code_in(world.trade.service("GET", target)), "INVALID_ARGUMENT") << target;
  }
  EXPECT_EQ(
      world.trade.service("GET", "/v1/trace?lot=x&purpose=y", "", {{"Authorization", "Bearer " + world.trade.auditor}})
          .status,
      403);
}

}  // namespace
}  // namespace sekisho::test
