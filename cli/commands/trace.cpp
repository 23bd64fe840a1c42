#include "cli/commands/trace.hpp"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands/trace_collect.hpp"
#include "cli/commands/trace_freshness.hpp"
#include "cli/output.hpp"

namespace sekisho::cli {
namespace {

struct TraceCommand {
  TraceOptions trace;
  FreshnessOptions freshness;
  bool json = false;
};

std::string text_of(const JsonObject& row, std::string_view name) {
  return printable(get_string(row, name).value_or("-"));
}

const JsonArray& list_of(const JsonObject& report, const char* name) {
  static const JsonArray kNone;
  const Json* list = report.if_contains(name);
  return list != nullptr && list->is_array() ? list->get_array() : kNone;
}

void print_step(const JsonObject& row) {
  fmt::print("{}  {:<10}  {:<20}  {}  {}{}\n", text_of(row, "time"), text_of(row, "direction"), text_of(row, "bizStep"),
             text_of(row, "where"), text_of(row, "from"), row.contains("breach") ? "  BREACH" : "");
  for (const char* name : {"parent", "children", "inputs", "outputs", "things", "who"}) {
    if (const auto* value = row.if_contains(name)) fmt::print("    {}: {}\n", name, printable(to_text(*value)));
  }
}

void print_report(const JsonObject& report, bool complete) {
  for (const Json& step : list_of(report, "steps")) print_step(step.get_object());
  fmt::print("{} events, {} things{}\n", list_of(report, "steps").size(), list_of(report, "things").size(),
             complete ? "" : "; NOT COMPLETE");
  for (const Json& one : list_of(report, "holders")) {
    const JsonObject& row = one.get_object();
    fmt::print("  held: {} from {} to {}\n", text_of(row, "who"), text_of(row, "first"), text_of(row, "last"));
  }
  for (const Json& one : list_of(report, "parts")) {
    const JsonObject& row = one.get_object();
    fmt::print("  {} {}: {} events", text_of(row, "from"), text_of(row, "dataset"), to_text(row.at("events")));
    if (row.contains("exchange")) fmt::print(", exchange {}, log {}", text_of(row, "exchange"), text_of(row, "log"));
    fmt::print("\n");
  }
  for (const Json& one : list_of(report, "breaks")) {
    const JsonObject& row = one.get_object();
    fmt::print("  BREAK {} {}: {} {}\n", text_of(row, "from"), text_of(row, "dataset"), text_of(row, "code"),
               text_of(row, "why"));
  }
}

int trace(const TraceCommand& options) {
  const TraceOptions& asked = options.trace;
  const bool here = !asked.from.empty() || !asked.files.empty();
  const bool by_node = !here && !asked.node.url.empty();
  if ((by_node || !asked.from.empty()) && (asked.node.url.empty() || asked.purpose.empty())) {
    return report(Error(Code::InvalidArgument, "asking a node needs --node and --purpose"), options.json);
  }
  if (!here && !by_node && options.freshness.readings.empty()) {
    return report(
        Error(Code::InvalidArgument, "nothing to search: give --node, --from PROVIDER=DATASET or --events FILE"),
        options.json);
  }
  if (options.freshness.criteria.empty() && !options.freshness.readings.empty()) {
    return report(Error(Code::InvalidArgument, "--readings are judged by --freshness CRITERIA"), options.json);
  }
  Result<JsonObject> found = JsonObject{{"lot", asked.lot}, {"complete", true}};
  if (by_node) found = ask_node(asked);
  if (here) found = join_here(asked);
  if (!found) return report(found.error(), options.json);
  const Json* flag = found->if_contains("complete");
  const bool complete = flag != nullptr && flag->is_bool() && flag->get_bool();
  bool good = complete && (!(here || by_node) || !list_of(*found, "steps").empty());
  Result<JsonObject> verdict = JsonObject{};
  if (!options.freshness.criteria.empty()) {
    verdict = judge(options.freshness, list_of(*found, "steps"));
    if (!verdict) return report(verdict.error(), options.json);
    good = good && verdict->at("good").get_bool();
    (*found)["freshness"] = *verdict;
  }
  if (options.json) {
    fmt::print("{}\n", to_text(Json(*found)));
  } else {
    if (here || by_node) print_report(*found, complete);
    if (!verdict->empty()) print_verdict(*verdict);
  }
  return good ? kGood : kFailed;
}

}  // namespace

void add_trace_command(CLI::App& app, int& code) {
  const auto options = std::make_shared<TraceCommand>();
  TraceOptions& asked = options->trace;
  CLI::App* command =
      app.add_subcommand("trace", "where a lot came from and went, over a node's partners and own events");
  command->add_option("lot", asked.lot, "EPC URN, GS1 Digital Link or shipment id")->required();
  command->add_option(
      "--from", asked.from,
      "PROVIDER=DATASET, once for each, instead of all partners; every one is an exchange with its receipt");
  command->add_option("--purpose", asked.purpose, "purpose IRI, for all providers");
  command->add_option("--events", asked.files, "file of own EPCIS events: a document, or NDJSON");
  command->add_option("--freshness", options->freshness.criteria, "criteria file: judge the readings of the steps");
  command->add_option("--readings", options->freshness.readings, "file of raw sensor readings to judge too");
  command->add_option("--crop", options->freshness.crop.crop, "which criteria of the file");
  command->add_option("--breed", options->freshness.crop.breed, "");
  command->add_option("--brand", options->freshness.crop.brand, "");
  command->add_option("--node", asked.node.url, "the service listener, https://name:port");
  command->add_option("--cacert", asked.node.ca_file,
                      "PEM roots that its certificate must lead to; default: the machine's");
  command->add_option("--token-file", asked.node.token_file,
                      "holds the bearer token, mode 0600; default: SEKISHO_TOKEN");
  command->add_flag("--json", options->json);
  command->callback([options, &code] { code = trace(*options); });
}

}  // namespace sekisho::cli
