#include "schemas/epcis/freshness.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace sekisho::schemas::epcis {
namespace {

bool matches(double value, const Criterion& criterion) {
  switch (criterion.comparison) {
    case Comparison::Greater: return value > criterion.value;
    case Comparison::GreaterEqual: return value >= criterion.value;
    case Comparison::Less: return value < criterion.value;
    case Comparison::LessEqual: return value <= criterion.value;
  }
  return false;
}

// "2022-10-1 01:30:00" and RFC 3339.
std::optional<Instant> time_of(std::string_view text, std::chrono::minutes zone) {
  if (const auto exact = from_rfc3339(text)) return *exact;
  int part[6] = {};
  std::size_t at = 0;
  for (int i = 0; i < 6; ++i) {
    const auto read = std::from_chars(text.data() + at, text.data() + text.size(), part[i]);
    if (read.ec != std::errc() || part[i] < 0) return std::nullopt;
    at = static_cast<std::size_t>(read.ptr - text.data());
    constexpr std::string_view kAfter[] = {"-/", "-/", " T", ":", ":", ""};
    if (i < 5 && (at >= text.size() || !kAfter[i].contains(text[at++]))) return std::nullopt;
  }
  if (at != text.size() || part[0] > 9999) return std::nullopt;
  const auto local = from_rfc3339(
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", part[0], part[1], part[2], part[3], part[4], part[5]));
  if (!local) return std::nullopt;
  return *local - zone;
}

std::optional<double> value_of(const Json* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return value->to_number<double>();
  if (!value->is_string()) return std::nullopt;
  const std::string_view text(value->get_string());
  double out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || !std::isfinite(out)) return std::nullopt;
  return out;
}

using Series = std::vector<const Reading*>;

// The most frequent difference; of equally frequent ones the shortest. Nothing with fewer than two readings.
std::chrono::seconds interval(const Series& series) {
  std::map<std::int64_t, std::size_t> seen;
  for (std::size_t i = 1; i < series.size(); ++i) {
    const auto step = std::chrono::duration_cast<std::chrono::seconds>(series[i]->at - series[i - 1]->at).count();
    if (step > 0) ++seen[step];
  }
  std::int64_t best = 0;
  std::size_t most = 0;
  for (const auto& [step, count] : seen) {
    if (count > most) {
      best = step;
      most = count;
    }
  }
  return std::chrono::seconds(best);
}

}  // namespace

Result<Instant> platform_time(std::string_view text, std::chrono::minutes zone) {
  const auto at = time_of(text, zone);
  if (!at) return fail(Code::JsonShape, "no date and time");
  return *at;
}

double normalised(double value, std::string_view measurement_name) {
  if (measurement_name == "華氏温度" || measurement_name == "FAH" || measurement_name == "°F") {
    return std::round((value - 32.0) * 5.0 / 9.0 * 100.0) / 100.0;
  }
  if (measurement_name == "G") return value * 1000.0;
  return value;
}

Result<std::vector<Reading>> read_raw_data(const Json& source, std::chrono::minutes zone) {
  if (!source.is_array()) return fail(Code::JsonShape, "readings are no array");
  std::vector<Reading> out;
  for (const Json& one : source.get_array()) {
    const auto wrong = [&](std::string_view member) {
      return fail(Error(Code::JsonShape, "a reading is not complete")
                      .with("pointer", fmt::format("/{}/{}", out.size(), member)));
    };
    if (!one.is_object()) return wrong("");
    const JsonObject& row = one.get_object();
    Reading reading;
    for (const auto& [name, text] :
         {std::pair("sensorDeviceId", &reading.device), std::pair("datastreamId", &reading.stream),
          std::pair("observedPropertyId", &reading.property), std::pair("measurementId", &reading.measurement)}) {
      auto given = get_string(row, name);
      if (!given) return wrong(name);
      *text = std::move(*given);
    }
    const auto time = get_string(row, "phenomenonTime");
    const auto at = time ? time_of(*time, zone) : std::nullopt;
    if (!at) return wrong("phenomenonTime");
    const auto value = value_of(row.if_contains("observationResult"));
    if (!value) return wrong("observationResult");
    reading.at = *at;
    reading.value = normalised(*value, get_string(row, "measurementName").value_or(""));
    out.push_back(std::move(reading));
  }
  return out;
}

Freshness judge_freshness(std::span<const Reading> readings, std::span<const Criterion> criteria) {
  std::map<std::pair<std::string_view, std::string_view>, Series> streams;
  for (const Reading& reading : readings) streams[{reading.property, reading.stream}].push_back(&reading);
  Freshness out;
  for (auto& [key, series] : streams) {
    std::stable_sort(series.begin(), series.end(), [](const Reading* a, const Reading* b) { return a->at < b->at; });
    const auto step = interval(series);
    for (std::size_t i = 1; i < series.size(); ++i) {
      if (series[i]->at - series[i - 1]->at > step)
        out.gaps.push_back(Gap{std::string(key.second), series[i - 1]->at, series[i]->at});
    }
    for (std::size_t c = 0; c < criteria.size(); ++c) {
      const Criterion& criterion = criteria[c];
      if (criterion.property != key.first) continue;
      const auto count = static_cast<std::size_t>(std::count_if(
          series.begin(), series.end(), [&](const Reading* reading) { return matches(reading->value, criterion); }));
      const auto time = step * static_cast<std::int64_t>(count);
      const bool over = (criterion.most_count && count >= *criterion.most_count) ||
                        (criterion.most_time && time >= *criterion.most_time);
      const bool under = (criterion.least_count && count <= *criterion.least_count) ||
                         (criterion.least_time && time <= *criterion.least_time);
      if (over || under) out.breaches.push_back(Breach{c, std::string(key.second), count, time});
    }
  }
  // What nobody measured is no reason for trust.
  for (std::size_t c = 0; c < criteria.size(); ++c) {
    const bool measured = std::any_of(readings.begin(), readings.end(),
                                      [&](const Reading& r) { return r.property == criteria[c].property; });
    if (!measured) out.gaps.push_back(Gap{criteria[c].property, {}, {}});
  }
  out.good = out.breaches.empty();
  out.confirmed = out.good && out.gaps.empty();
  return out;
}

}  // namespace sekisho::schemas::epcis
