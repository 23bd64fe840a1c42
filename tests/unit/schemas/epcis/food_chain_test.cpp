#include "schemas/epcis/food_chain.hpp"

#include <gtest/gtest.h>

#include "schemas/epcis/trace.hpp"

namespace sekisho::schemas::epcis {
namespace {

JsonObject object(const char* text) { return parse_json(text).value().get_object(); }

constexpr const char* kSecondShipment =
    R"({"ShipmentId":"S2","ShipmentDate":"2022-10-01T03:00:00","PreviousShipmentId":["S1"],
  "Shipment":{"ShipmentGln":"4569951110016","ShipmentOfficeId":"o1"},"Shipping":{"ShippingGln":"","ShippingOfficeId":"o 2"},
  "ShipmentProducts":[{"ProductCode":"010401234511111810L1","PackageQuantity":4},{"ProductCode":"0104012345111118210001","PackageQuantity":1},
  {"ProductCode":"melon 1"}]})";

TEST(FoodChain, ShipmentBecomesShipping) {
  const auto event = shipment_event(object(kSecondShipment));
  ASSERT_TRUE(event) << event.error().chain();
  EXPECT_EQ(event->source.at("eventTime").as_string(), "2022-09-30T18:00:00.000000Z");
  EXPECT_EQ(event->read_point, "https://id.gs1.org/414/4569951110016");
  EXPECT_EQ(event->destinations.at(0).id, "urn:ukabis:office:o%202");
  EXPECT_EQ(event->epcs,
            (std::vector<std::string>{"https://id.gs1.org/01/04012345111118/21/0001",
                                      "https://id.gs1.org/01/04012345111118/10/L1", "urn:ukabis:product:melon%201"}));
  EXPECT_EQ(event->transactions.at(1).type, kPreviousShipment);
}

TEST(FoodChain, ArrivalTellsDamageApart) {
  const auto events = arrival_events(
      object(R"({"ArrivalId":"A","ArrivalDate":"2022-10-02T03:00:00","ShipmentId":"S2","ArrivalGln":"4569951110023",
    "ArrivalProduct":[{"ProductCode":"010401234511111810L1","Quantity":4,"DamageQuantity":1},{"ProductCode":"x","Quantity":1,"DamageQuantity":0}]})"));
  ASSERT_TRUE(events) << events.error().chain();
  ASSERT_EQ(events->size(), 2U);
  EXPECT_EQ((*events)[1].disposition, "damaged");
  EXPECT_EQ((*events)[1].epcs.size(), 1U);
  TraceIndex index;
  index.add(shipment_event(object(kSecondShipment)).value());
  for (const auto& event : *events) index.add(event);
  EXPECT_EQ(index.walk("urn:ukabis:shipment:S2").steps.size(), 3U);
}

TEST(FoodChain, SensorDataCarryTheVerdict) {
  const std::vector<Reading> readings{{"d", "s", "p", "m", Instant(std::chrono::seconds(0)), 4},
                                      {"d", "s", "p", "m", Instant(std::chrono::seconds(60)), 30}};
  const Criterion warm{"p", Comparison::GreaterEqual, 20, 1, {}, {}, {}};
  const std::vector<std::string> products{"010401234511111810L1"};
  const auto event =
      sensor_event(readings, products, {{"p", {"Temperature", "CEL"}}}, judge_freshness(readings, {&warm, 1}));
  ASSERT_TRUE(event) << event.error().chain();
  EXPECT_TRUE(event->alarm);
  EXPECT_EQ(event->epcs.at(0), "https://id.gs1.org/01/04012345111118/10/L1");
  EXPECT_FALSE(sensor_event({}, products, {}, {}));
}

TEST(FoodChain, RefusesWhatIsNotComplete) {
  for (const char* text :
       {"{}", R"({"ShipmentId":"S","ShipmentDate":"soon"})", R"({"ShipmentDate":"2022-10-01T03:00:00"})"}) {
    EXPECT_FALSE(shipment_event(object(text))) << text;
  }
}

}  // namespace
}  // namespace sekisho::schemas::epcis
