#include "schemas/epcis/food_chain.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "schemas/epcis/trace.hpp"

namespace sekisho::schemas::epcis {
namespace {

// As a part of a URN: what is not unreserved is percent-encoded.
std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return out;
}

bool digits(std::string_view text, std::size_t n) {
  return text.size() == n && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string place_id(std::string_view gln, std::string_view office) {
  return digits(gln, 13) ? fmt::format("https://id.gs1.org/414/{}", gln)
                         : fmt::format("urn:ukabis:office:{}", encoded(office));
}

std::string offset_text(std::chrono::minutes zone) {
  const auto count = std::abs(zone.count());
  return fmt::format("{}{:02}:{:02}", zone.count() < 0 ? '-' : '+', count / 60, count % 60);
}

Result<JsonObject> frame(const JsonObject& record, std::string_view date_name, std::string_view step,
                         std::chrono::minutes zone) {
  const auto date = get_string(record, date_name);
  if (!date) return fail(date.error());
  const auto at = platform_time(*date, zone);
  if (!at) return fail(std::move(Error(at.error())).with("pointer", "/" + std::string(date_name)));
  return JsonObject{{"type", "ObjectEvent"},
                    {"eventTime", to_rfc3339(*at)},
                    {"eventTimeZoneOffset", offset_text(zone)},
                    {"action", "OBSERVE"},
                    {"bizStep", step}};
}

Json place(const JsonObject& record, std::string_view gln, std::string_view office) {
  return JsonObject{{"id", place_id(get_string(record, gln).value_or(""), get_string(record, office).value_or(""))}};
}

Json typed(std::string_view type, std::string_view name, const Json& id) {
  return JsonObject{{"type", type}, {name, id}};
}

// Instances go to epcList, lots and products without one to quantityList with the number that `amount` names.
Status add_products(JsonObject& event, const JsonArray& products, std::string_view amount, bool skip_none) {
  JsonArray epcs;
  JsonArray quantities;
  for (const Json& one : products) {
    if (!one.is_object()) return fail(Code::JsonShape, "a product is no object");
    const auto code = get_string(one.get_object(), "ProductCode");
    if (!code) return fail(code.error());
    const auto count = get_integer(one.get_object(), amount);
    if (skip_none && count.value_or(0) == 0) continue;
    const std::string id = product_id(*code);
    if (id.find("/21/") != std::string::npos) {
      epcs.push_back(Json(id));
      continue;
    }
    JsonObject quantity{{"epcClass", id}};
    if (count) quantity["quantity"] = *count;
    quantities.push_back(std::move(quantity));
  }
  if (!epcs.empty()) event["epcList"] = std::move(epcs);
  if (!quantities.empty()) event["quantityList"] = std::move(quantities);
  return {};
}

}  // namespace

std::string product_id(std::string_view code) {
  if (code.starts_with("01") && code.size() >= 16 && digits(code.substr(2, 14), 14)) {
    const std::string gtin = fmt::format("https://id.gs1.org/01/{}", code.substr(2, 14));
    const auto rest = code.substr(16);
    if (rest.empty()) return gtin;
    if (rest.size() > 2 && (rest.starts_with("21") || rest.starts_with("10"))) {
      return fmt::format("{}/{}/{}", gtin, rest.substr(0, 2), encoded(rest.substr(2)));
    }
  }
  return "urn:ukabis:product:" + encoded(code);
}

std::string shipment_id(std::string_view id) { return "urn:ukabis:shipment:" + encoded(id); }

Result<Event> shipment_event(const JsonObject& shipment, std::chrono::minutes zone) {
  auto event = frame(shipment, "ShipmentDate", "shipping", zone);
  const auto id = get_string(shipment, "ShipmentId");
  const auto products = get_array(shipment, "ShipmentProducts");
  const auto from = get_object(shipment, "Shipment");
  const auto to = get_object(shipment, "Shipping");
  if (!event) return fail(event.error());
  if (!id) return fail(id.error());
  if (!products) return fail(products.error());
  if (!from) return fail(from.error());
  if (!to) return fail(to.error());
  if (auto added = add_products(*event, **products, "PackageQuantity", false); !added) return fail(added.error());
  (*event)["disposition"] = "in_transit";
  (*event)["readPoint"] = place(**from, "ShipmentGln", "ShipmentOfficeId");
  (*event)["sourceList"] =
      JsonArray{typed("location", "source", place(**from, "ShipmentGln", "ShipmentOfficeId").at("id"))};
  (*event)["destinationList"] =
      JsonArray{typed("location", "destination", place(**to, "ShippingGln", "ShippingOfficeId").at("id"))};
  JsonArray transactions{typed(kShipment, "bizTransaction", Json(shipment_id(*id)))};
  if (const auto* previous = shipment.if_contains("PreviousShipmentId"); previous != nullptr && previous->is_array()) {
    for (const Json& one : previous->get_array()) {
      if (!one.is_string())
        return fail(Error(Code::JsonShape, "an id is no text").with("pointer", "/PreviousShipmentId"));
      transactions.push_back(
          typed(kPreviousShipment, "bizTransaction", Json(shipment_id(std::string_view(one.get_string())))));
    }
  }
  (*event)["bizTransactionList"] = std::move(transactions);
  return read_event(std::move(*event));
}

Result<std::vector<Event>> arrival_events(const JsonObject& arrival, std::chrono::minutes zone) {
  auto base = frame(arrival, "ArrivalDate", "receiving", zone);
  const auto products = get_array(arrival, "ArrivalProduct");
  if (!base) return fail(base.error());
  if (!products) return fail(products.error());
  (*base)["readPoint"] = place(arrival, "ArrivalGln", "ArrivalOfficeId");
  if (const auto shipment = get_string(arrival, "ShipmentId"); shipment && !shipment->empty()) {
    (*base)["bizTransactionList"] = JsonArray{typed(kShipment, "bizTransaction", Json(shipment_id(*shipment)))};
  }
  std::vector<Event> out;
  for (const auto& [amount, disposition, only_some] :
       {std::tuple("Quantity", "in_progress", false), std::tuple("DamageQuantity", "damaged", true)}) {
    JsonObject event = *base;
    if (auto added = add_products(event, **products, amount, only_some); !added) return fail(added.error());
    if (only_some && !event.contains("epcList") && !event.contains("quantityList")) continue;
    event["disposition"] = disposition;
    auto read = read_event(std::move(event));
    if (!read) return fail(read.error());
    out.push_back(std::move(*read));
  }
  return out;
}

Result<Event> sensor_event(std::span<const Reading> readings, std::span<const std::string> product_codes,
                           const Measures& measures, const Freshness& verdict, std::chrono::minutes zone) {
  if (readings.empty() || product_codes.empty())
    return fail(Code::InvalidArgument, "a sensor event needs readings and products");
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<const Reading*>> streams;
  for (const Reading& one : readings) streams[{one.device, one.stream, one.property}].push_back(&one);
  JsonArray elements;
  Instant last = readings.front().at;
  for (const auto& [key, series] : streams) {
    const auto& [device, stream, property] = key;
    const auto [first, end] =
        std::minmax_element(series.begin(), series.end(), [](const auto* a, const auto* b) { return a->at < b->at; });
    const auto [least, most] = std::minmax_element(series.begin(), series.end(),
                                                   [](const auto* a, const auto* b) { return a->value < b->value; });
    double sum = 0;
    for (const Reading* one : series) sum += one->value;
    last = std::max(last, (*end)->at);
    const auto measure = measures.find(property);
    JsonObject report{
        {"type", measure == measures.end() ? "urn:ukabis:property:" + encoded(property) : measure->second.type},
        {"minValue", (*least)->value},
        {"maxValue", (*most)->value},
        {"meanValue", sum / static_cast<double>(series.size())}};
    if (measure != measures.end()) report["uom"] = measure->second.uom;
    const bool broken = std::any_of(verdict.breaches.begin(), verdict.breaches.end(),
                                    [&](const Breach& b) { return b.stream == stream; });
    if (broken) report["exception"] = "ALARM_CONDITION";
    elements.push_back(JsonObject{{"sensorMetadata", JsonObject{{"startTime", to_rfc3339((*first)->at)},
                                                                {"endTime", to_rfc3339((*end)->at)},
                                                                {"deviceID", "urn:ukabis:device:" + encoded(device)}}},
                                  {"sensorReport", JsonArray{std::move(report)}}});
  }
  JsonArray epcs;
  JsonArray quantities;
  for (const auto& code : product_codes) {
    const std::string id = product_id(code);
    if (id.find("/21/") != std::string::npos) {
      epcs.push_back(Json(id));
    } else {
      quantities.push_back(JsonObject{{"epcClass", id}});
    }
  }
  JsonObject event{
      {"type", "ObjectEvent"}, {"eventTime", to_rfc3339(last)}, {"eventTimeZoneOffset", offset_text(zone)},
      {"action", "OBSERVE"},   {"bizStep", "sensor_reporting"}, {"sensorElementList", std::move(elements)}};
  if (!epcs.empty()) event["epcList"] = std::move(epcs);
  if (!quantities.empty()) event["quantityList"] = std::move(quantities);
  return read_event(std::move(event));
}

}  // namespace sekisho::schemas::epcis
