// The JAS freshness verdict over the readings of a shipment's sensors (ukabis, JAS judgement).
//
// Each criterion counts the readings of one observed property that match (value, operator) and fails when their number
// or their time reaches a limit. The time of a reading is the sampling interval: the mode of the differences between
// successive readings of one data stream, in seconds. An interval longer than that is a gap: the verdict says that it
// cannot confirm.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"

namespace sekisho::schemas::epcis {

struct Reading {
  std::string device, stream, property, measurement;  // ids; measurement names the unit
  Instant at{};
  double value = 0;
};

enum class Comparison : std::uint8_t { Greater, GreaterEqual, Less, LessEqual };

struct Criterion {
  std::string property;
  Comparison comparison = Comparison::GreaterEqual;
  double value = 0;
  // Fails from so many matching readings, or from so much matching time, on.
  std::optional<std::size_t> most_count;
  std::optional<std::chrono::seconds> most_time;
  // Fails with so many or fewer, or with so much or less.
  std::optional<std::size_t> least_count;
  std::optional<std::chrono::seconds> least_time;
};

struct Breach {
  std::size_t criterion = 0;  // position
  std::string stream;
  std::size_t count = 0;
  std::chrono::seconds time{0};
};

struct Gap {
  std::string stream;
  Instant from{}, to{};
};

struct Freshness {
  bool good = false;       // no breach
  bool confirmed = false;  // good and no gap
  std::vector<Breach> breaches;
  std::vector<Gap> gaps;
};

// ShipmentSensorRawData: an array of readings. Times without a zone are of `zone` (Japan: +9 h); one-digit months and
// days are accepted, as the platform writes them. Code::JsonShape names the element.
[[nodiscard]] Result<std::vector<Reading>> read_raw_data(const Json& source,
                                                         std::chrono::minutes zone = std::chrono::hours(9));

// One such time.
[[nodiscard]] Result<Instant> platform_time(std::string_view text, std::chrono::minutes zone = std::chrono::hours(9));

// Fahrenheit to Celsius (two decimals, half away from zero), G to mG, by the measurement's name.
[[nodiscard]] double normalised(double value, std::string_view measurement_name);

[[nodiscard]] Freshness judge_freshness(std::span<const Reading> readings, std::span<const Criterion> criteria);

}  // namespace sekisho::schemas::epcis
