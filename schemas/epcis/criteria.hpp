// The document that says when food is no longer fresh, and which of its rules are for a crop.
//
//   {"criteria": [rule …]}                                               one list for everything
//   {"crops": [{"crop", "breed"?, "brand"?, "from"?, "until"?, "criteria": [rule …]} …]}
//   rule: {"property", "operator": "Greater|GreaterEqual|Less|LessEqual", "value",
//          "mostCount"? | "mostMinutes"?      fails from so many matching readings, so much matching time, on
//          "leastCount"? | "leastMinutes"?}   fails with so many or fewer, with so much or less
//
// Of the rows in force for the crop the closest counts: breed and brand, breed, brand, neither; of two as close the
// later "from". "from" and "until" are RFC 3339, until exclusive.
#pragma once

#include <string>
#include <vector>

#include "schemas/epcis/freshness.hpp"

namespace sekisho::schemas::epcis {

struct Crop {
  std::string crop, breed, brand;
};

// Code::JsonShape with help "pointer"; Code::NotFound when no row is for the crop at that time.
[[nodiscard]] Result<std::vector<Criterion>> read_criteria(const Json& document, const Crop& crop, Instant at);

// {"good", "confirmed", "readings", "breaches": [{"property", "operator", "value", "stream", "count", "minutes"} …],
//  "gaps": [{"stream", "from"?, "to"?} …]}
[[nodiscard]] JsonObject freshness_report(const Freshness& verdict, const std::vector<Criterion>& criteria,
                                          std::size_t readings);

// The readings among the steps of a trace report: property is the report's type, a stream one type of one device.
// Values in other units of temperature become Celsius (units.hpp); what has no single value is left out.
[[nodiscard]] std::vector<Reading> readings_in_steps(const JsonArray& steps);

}  // namespace sekisho::schemas::epcis
