// The JAS freshness verdict over what a trace found, or over readings as the platform writes them.
#pragma once

#include <filesystem>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "schemas/epcis/criteria.hpp"

namespace sekisho::cli {

struct FreshnessOptions {
  std::filesystem::path criteria;               // empty: no verdict is asked
  std::vector<std::filesystem::path> readings;  // ShipmentSensorRawData
  schemas::epcis::Crop crop;
};

// steps: of a trace report; may be empty. The criteria are those in force at the first reading.
[[nodiscard]] Result<JsonObject> judge(const FreshnessOptions& options, const JsonArray& steps);
void print_verdict(const JsonObject& verdict);

}  // namespace sekisho::cli
