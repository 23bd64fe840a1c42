// Smart-food-chain records (ukabis Shipment, Arrival, ShipmentSensorRawData) as EPCIS 2.0 events.
//
// Product codes are GS1 element strings: 01 + GTIN, then 21 + serial or 10 + lot. What has no GS1 key becomes a
// urn:ukabis:… of its own. Dates without a zone are of `zone` (Japan: +9 h). Members that are not mapped are left out:
// they carry prices and people.
#pragma once

#include <chrono>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "schemas/epcis/document.hpp"
#include "schemas/epcis/freshness.hpp"

namespace sekisho::schemas::epcis {

// observedPropertyId → type and unit of a sensor report.
struct Measure {
  std::string type;  // of the GS1 vocabulary ("Temperature") or an IRI
  std::string uom;   // UN/CEFACT recommendation 20
};
using Measures = std::map<std::string, Measure, std::less<>>;

[[nodiscard]] std::string product_id(std::string_view product_code);
[[nodiscard]] std::string shipment_id(std::string_view id);

// ObjectEvent OBSERVE, bizStep shipping; previous shipments as business transactions.
[[nodiscard]] Result<Event> shipment_event(const JsonObject& shipment,
                                           std::chrono::minutes zone = std::chrono::hours(9));
// ObjectEvent OBSERVE, bizStep receiving, and one with disposition damaged when products were.
[[nodiscard]] Result<std::vector<Event>> arrival_events(const JsonObject& arrival,
                                                        std::chrono::minutes zone = std::chrono::hours(9));
// One sensor_reporting event of the products: for each data stream the least, greatest and mean value, with an alarm
// when the verdict names the stream. Code::InvalidArgument without readings or products.
[[nodiscard]] Result<Event> sensor_event(std::span<const Reading> readings, std::span<const std::string> product_codes,
                                         const Measures& measures, const Freshness& verdict,
                                         std::chrono::minutes zone = std::chrono::hours(9));

}  // namespace sekisho::schemas::epcis
