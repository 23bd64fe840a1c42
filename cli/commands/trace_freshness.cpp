#include "cli/commands/trace_freshness.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/core/file.hpp"
#include "cli/output.hpp"

namespace sekisho::cli {
namespace {

constexpr std::size_t kFileLimit = 64U << 20;

Result<Json> read_json(const std::filesystem::path& file) {
  const auto content = read_file(file, kFileLimit);
  if (!content) return fail(content.error());
  return parse_json(as_text(*content), JsonLimits{kFileLimit, 32, 5'000'000});
}

}  // namespace

Result<JsonObject> judge(const FreshnessOptions& options, const JsonArray& steps) {
  auto readings = schemas::epcis::readings_in_steps(steps);
  for (const auto& file : options.readings) {
    const auto document = read_json(file);
    if (!document) return fail(document.error());
    const auto more = schemas::epcis::read_raw_data(*document);
    if (!more) return fail(more.error());
    readings.insert(readings.end(), more->begin(), more->end());
  }
  const auto document = read_json(options.criteria);
  if (!document) return fail(document.error());
  const auto first = std::ranges::min_element(readings, {}, &schemas::epcis::Reading::at);
  const auto criteria =
      schemas::epcis::read_criteria(*document, options.crop, first == readings.end() ? Instant{} : first->at);
  if (!criteria) return fail(criteria.error());
  return schemas::epcis::freshness_report(schemas::epcis::judge_freshness(readings, *criteria), *criteria,
                                          readings.size());
}

void print_verdict(const JsonObject& verdict) {
  const bool good = verdict.at("good").get_bool();
  const bool confirmed = verdict.at("confirmed").get_bool();
  fmt::print("freshness: {} over {} readings\n",
             !good       ? "NOT FRESH"
             : confirmed ? "fresh"
                         : "cannot be confirmed",
             to_text(verdict.at("readings")));
  for (const Json& one : verdict.at("breaches").get_array()) {
    const JsonObject& row = one.get_object();
    fmt::print("  breach: {} {} {} on {}: {} readings, {} min\n", printable(get_string(row, "property").value_or("")),
               get_string(row, "operator").value_or(""), row.at("value").to_number<double>(),
               printable(get_string(row, "stream").value_or("")), to_text(row.at("count")),
               row.at("minutes").to_number<double>());
  }
  for (const Json& one : verdict.at("gaps").get_array()) {
    const JsonObject& row = one.get_object();
    fmt::print("  gap: {} {} {}\n", printable(get_string(row, "stream").value_or("")),
               get_string(row, "from").value_or("never measured"), get_string(row, "to").value_or(""));
  }
}

}  // namespace sekisho::cli
