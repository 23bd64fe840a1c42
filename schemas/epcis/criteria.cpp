#include "schemas/epcis/criteria.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

#include "schemas/epcis/units.hpp"

namespace sekisho::schemas::epcis {
namespace {

constexpr std::pair<std::string_view, Comparison> kOperators[] = {{"Greater", Comparison::Greater},
                                                                  {"GreaterEqual", Comparison::GreaterEqual},
                                                                  {"Less", Comparison::Less},
                                                                  {"LessEqual", Comparison::LessEqual}};

std::unexpected<Error> wrong(const std::string& pointer, std::string_view what) {
  return fail(Error(Code::JsonShape, fmt::format("{} {}", pointer, what)).with("pointer", pointer));
}

// A number from 0 on, or nothing.
Result<std::optional<double>> limit(const JsonObject& rule, const char* name, const std::string& pointer) {
  const auto* value = rule.if_contains(name);
  if (value == nullptr) return std::nullopt;
  const double number = value->is_number() ? value->to_number<double>() : -1;
  if (!(number >= 0) || number > 1e9) return wrong(pointer + "/" + name, "is no number from 0 to 1e9");
  return number;
}

Result<Criterion> read_rule(const Json& source, const std::string& pointer) {
  if (!source.is_object()) return wrong(pointer, "is no object");
  const JsonObject& rule = source.get_object();
  const auto only =
      only_members(rule, {"property", "operator", "value", "mostCount", "mostMinutes", "leastCount", "leastMinutes"});
  if (!only) return wrong(pointer, "has a member that no rule has");
  Criterion out;
  const auto property = get_string(rule, "property");
  if (!property || property->empty()) return wrong(pointer + "/property", "is missing");
  out.property = *property;
  const auto name = get_string(rule, "operator");
  const auto* known =
      name ? std::ranges::find(kOperators, *name, [](const auto& row) { return row.first; }) : std::end(kOperators);
  if (known == std::end(kOperators))
    return wrong(pointer + "/operator", "is none of Greater, GreaterEqual, Less, LessEqual");
  out.comparison = known->second;
  const auto* value = rule.if_contains("value");
  if (value == nullptr || !value->is_number()) return wrong(pointer + "/value", "is no number");
  out.value = value->to_number<double>();
  const auto most_count = limit(rule, "mostCount", pointer);
  const auto most = limit(rule, "mostMinutes", pointer);
  const auto least_count = limit(rule, "leastCount", pointer);
  const auto least = limit(rule, "leastMinutes", pointer);
  for (const auto* one : {&most_count, &most, &least_count, &least}) {
    if (!*one) return fail(one->error());
  }
  const auto seconds = [](double minutes) { return std::chrono::seconds(std::llround(minutes * 60)); };
  if (*most_count) out.most_count = static_cast<std::size_t>(**most_count);
  if (*most) out.most_time = seconds(**most);
  if (*least_count) out.least_count = static_cast<std::size_t>(**least_count);
  if (*least) out.least_time = seconds(**least);
  if (!*most_count && !*most && !*least_count && !*least) return wrong(pointer, "has no limit");
  return out;
}

Result<std::vector<Criterion>> read_rules(const JsonObject& holder, const std::string& pointer) {
  const auto list = get_array(holder, "criteria");
  if (!list || (*list)->empty() || (*list)->size() > 1000)
    return wrong(pointer + "/criteria", "is no list of 1 to 1000 rules");
  std::vector<Criterion> out;
  for (const Json& one : **list) {
    auto rule = read_rule(one, fmt::format("{}/criteria/{}", pointer, out.size()));
    if (!rule) return fail(rule.error());
    out.push_back(std::move(*rule));
  }
  return out;
}

Result<std::optional<Instant>> instant(const JsonObject& row, const char* name, const std::string& pointer) {
  const auto text = get_optional_string(row, name);
  if (text && !*text) return std::nullopt;
  const auto at = text ? from_rfc3339(**text) : Result<Instant>(fail(text.error()));
  if (!at) return wrong(pointer + "/" + name, "is no date and time with a zone");
  return *at;
}

struct Row {
  int close = 0;
  Instant from{};
  std::vector<Criterion> criteria;
};

// nullopt: for another crop, breed, brand or time.
Result<std::optional<Row>> read_row(const Json& source, const Crop& crop, Instant at, const std::string& pointer) {
  if (!source.is_object()) return wrong(pointer, "is no object");
  const JsonObject& object = source.get_object();
  if (!only_members(object, {"crop", "breed", "brand", "from", "until", "criteria"}))
    return wrong(pointer, "has a member that no crop has");
  const auto name = get_string(object, "crop");
  const auto breed = get_optional_string(object, "breed");
  const auto brand = get_optional_string(object, "brand");
  if (!name || !breed || !brand) return wrong(pointer, "has a crop, breed or brand that is no text");
  const auto from = instant(object, "from", pointer);
  const auto until = instant(object, "until", pointer);
  auto criteria = read_rules(object, pointer);
  if (!from) return fail(from.error());
  if (!until) return fail(until.error());
  if (!criteria) return fail(criteria.error());
  const bool in_force = (!*from || at >= **from) && (!*until || at < **until);
  const bool fits = *name == crop.crop && (!*breed || **breed == crop.breed) && (!*brand || **brand == crop.brand);
  if (!in_force || !fits) return std::nullopt;
  return Row{(*breed ? 2 : 0) + (*brand ? 1 : 0), from->value_or(Instant::min()), std::move(*criteria)};
}

std::string_view name_of(Comparison comparison) {
  return std::ranges::find(kOperators, comparison, [](const auto& row) { return row.second; })->first;
}

}  // namespace

Result<std::vector<Criterion>> read_criteria(const Json& document, const Crop& crop, Instant at) {
  if (!document.is_object()) return wrong("", "is no object");
  const JsonObject& object = document.get_object();
  if (!only_members(object, {"criteria", "crops"}) || object.size() != 1)
    return wrong("", "has not exactly one of criteria and crops");
  if (object.contains("criteria")) return read_rules(object, "");
  const auto crops = get_array(object, "crops");
  if (!crops || (*crops)->size() > 10'000) return wrong("/crops", "is no list of at most 10 000");
  std::optional<Row> best;
  for (std::size_t n = 0; n < (*crops)->size(); ++n) {
    auto row = read_row((**crops)[n], crop, at, fmt::format("/crops/{}", n));
    if (!row) return fail(row.error());
    if (!*row) continue;
    if (!best || std::tie((*row)->close, (*row)->from) > std::tie(best->close, best->from)) best = std::move(**row);
  }
  if (!best) return fail(Code::NotFound, "no criteria are for this crop at this time");
  return std::move(best->criteria);
}

JsonObject freshness_report(const Freshness& verdict, const std::vector<Criterion>& criteria, std::size_t readings) {
  JsonArray breaches, gaps;
  for (const Breach& one : verdict.breaches) {
    const Criterion& rule = criteria[one.criterion];
    breaches.push_back(JsonObject{{"property", rule.property},
                                  {"operator", name_of(rule.comparison)},
                                  {"value", rule.value},
                                  {"stream", one.stream},
                                  {"count", one.count},
                                  {"minutes", static_cast<double>(one.time.count()) / 60.0}});
  }
  for (const Gap& one : verdict.gaps) {
    JsonObject row{{"stream", one.stream}};
    if (one.from != Instant{} || one.to != Instant{}) {
      row["from"] = to_rfc3339(one.from);
      row["to"] = to_rfc3339(one.to);
    }
    gaps.push_back(std::move(row));
  }
  return JsonObject{{"good", verdict.good},
                    {"confirmed", verdict.confirmed},
                    {"readings", readings},
                    {"breaches", std::move(breaches)},
                    {"gaps", std::move(gaps)}};
}

std::vector<Reading> readings_in_steps(const JsonArray& steps) {
  std::vector<Reading> out;
  for (const Json& step : steps) {
    const auto list = step.is_object() ? get_array(step.get_object(), "readings")
                                       : Result<const JsonArray*>(fail(Code::JsonShape, ""));
    if (!list) continue;
    for (const Json& one : **list) {
      if (!one.is_object()) continue;
      const JsonObject& row = one.get_object();
      const auto* value = row.if_contains("value");
      const auto at =
          from_rfc3339(get_string(row, "time").value_or(get_string(step.get_object(), "time").value_or("")));
      const auto type = get_string(row, "type");
      if (value == nullptr || !value->is_number() || !at || !type) continue;
      Reading reading;
      reading.device = get_string(row, "deviceID").value_or("");
      reading.property = *type;
      reading.stream = reading.device + " " + *type;
      reading.at = *at;
      reading.measurement = get_string(row, "uom").value_or("");
      const double number = value->to_number<double>();
      const auto celsius = convert(number, reading.measurement, "CEL");
      reading.value = celsius.value_or(number);
      out.push_back(std::move(reading));
    }
  }
  return out;
}

}  // namespace sekisho::schemas::epcis
