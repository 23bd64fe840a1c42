#include "cli/commands/trace.hpp"

#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/core/file.hpp"
#include "base/core/json.hpp"
#include "base/http/url.hpp"
#include "cli/node_call.hpp"
#include "cli/output.hpp"
#include "schemas/epcis/document.hpp"
#include "schemas/epcis/trace.hpp"

namespace sekisho::cli {
namespace {

using schemas::epcis::Direction;
using schemas::epcis::Event;

constexpr std::size_t kFileLimit = 256U << 20;
constexpr std::size_t kMaxEvents = 1'000'000;

struct Options {
  NodeAddress node;
  std::string lot, purpose;
  std::vector<std::string> from;  // PROVIDER=DATASET
  std::vector<std::filesystem::path> files;
  bool json = false;
};

// Where events came from: a file of one's own, or a provider under an exchange that is on record.
struct Part {
  std::string name, exchange, agreement, log;
  std::size_t events = 0;
  std::optional<Error> failed;
};

struct Collected {
  std::vector<Part> parts;
  std::vector<Event> events;
  std::vector<std::size_t> part_of;  // by event
};

// One document, or one event or document on each line.
Result<std::vector<Event>> events_of(std::string_view text) {
  const JsonLimits limits{kFileLimit, 32, 20'000'000};
  std::vector<Event> out;
  const auto take = [&out](Json json) -> Status {
    auto document = schemas::epcis::read_document(std::move(json));
    if (!document) return fail(document.error());
    for (Event& event : document->events) out.push_back(std::move(event));
    if (out.size() > kMaxEvents) return fail(Code::LimitExceeded, "more than 1 000 000 events");
    return {};
  };
  if (auto whole = parse_json(text, limits)) {
    if (auto taken = take(std::move(*whole)); !taken) return fail(taken.error());
    return out;
  }
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto json = parse_json(line);
    const Status taken = json ? take(std::move(*json)) : Status(fail(json.error()));
    if (!taken) return fail(Code::JsonShape, fmt::format("line {} is no EPCIS event", number), taken.error());
  }
  return out;
}

void add(Collected& all, Part part, Result<std::vector<Event>> events) {
  if (events) {
    part.events = events->size();
    for (Event& event : *events) {
      all.events.push_back(std::move(event));
      all.part_of.push_back(all.parts.size());
    }
  } else {
    part.failed = events.error();
  }
  all.parts.push_back(std::move(part));
}

void add_provider(Collected& all, const Options& options, const std::string& from) {
  Part part;
  part.name = from;
  const std::size_t equals = from.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == from.size()) {
    return add(all, std::move(part), fail(Code::InvalidArgument, "--from wants PROVIDER=DATASET"));
  }
  Call request;
  request.target = "/v1/data/" + http::percent_encode(from.substr(0, equals)) +
                   "?dataset=" + http::percent_encode(from.substr(equals + 1)) +
                   "&purpose=" + http::percent_encode(options.purpose);
  const auto answer = call(options.node, std::move(request));
  if (!answer) return add(all, std::move(part), fail(answer.error()));
  part.exchange = answer->headers.get("Sekisho-Exchange");
  part.agreement = answer->headers.get("Sekisho-Agreement");
  part.log = answer->headers.get("Sekisho-Log");
  add(all, std::move(part), events_of(answer->body));
}

std::string_view word(Direction direction) {
  switch (direction) {
    case Direction::Start: return "lot";
    case Direction::Upstream: return "upstream";
    case Direction::Downstream: return "downstream";
  }
  return "";
}

JsonArray texts(const std::vector<std::string>& list) {
  JsonArray out;
  for (const auto& one : list) out.push_back(Json(one));
  return out;
}

JsonObject step_row(const Collected& all, const schemas::epcis::TraceStep& step) {
  const Event& event = all.events[step.event];
  const Part& part = all.parts[all.part_of[step.event]];
  JsonObject row{{"time", to_rfc3339(event.time)},
                 {"direction", word(step.direction)},
                 {"depth", step.depth},
                 {"type", get_string(event.source, "type").value_or("")},
                 {"from", part.name}};
  for (const auto& [name, text] :
       {std::pair("bizStep", &event.biz_step), std::pair("disposition", &event.disposition),
        std::pair("where", event.read_point.empty() ? &event.biz_location : &event.read_point),
        std::pair("parent", &event.parent), std::pair("exchange", &part.exchange)}) {
    if (!text->empty()) row[name] = *text;
  }
  for (const auto& [name, list] : {std::pair("things", &event.epcs), std::pair("children", &event.children),
                                   std::pair("inputs", &event.inputs), std::pair("outputs", &event.outputs)}) {
    if (!list->empty()) row[name] = texts(*list);
  }
  JsonArray parties;
  for (const auto* list : {&event.sources, &event.destinations}) {
    for (const auto& typed : *list) parties.push_back(Json(typed.id));
  }
  if (!parties.empty()) row["who"] = std::move(parties);
  if (event.alarm) row["breach"] = true;
  return row;
}

JsonObject part_row(const Part& part) {
  JsonObject row{{"from", part.name}, {"events", part.events}};
  for (const auto& [name, text] :
       {std::pair("exchange", &part.exchange), std::pair("agreement", &part.agreement), std::pair("log", &part.log)}) {
    if (!text->empty()) row[name] = *text;
  }
  if (part.failed) {
    row["failed"] = part.failed->name();
    row["why"] = part.failed->message;
  }
  return row;
}

void print_step(const JsonObject& row) {
  const auto text = [&row](std::string_view name) { return printable(get_string(row, name).value_or("-")); };
  fmt::print("{}  {:<10}  {:<20}  {}  {}{}\n", text("time"), text("direction"), text("bizStep"), text("where"),
             text("from"), row.contains("breach") ? "  BREACH" : "");
  for (const char* name : {"parent", "children", "inputs", "outputs", "things", "who"}) {
    if (const auto* value = row.if_contains(name)) fmt::print("    {}: {}\n", name, printable(to_text(*value)));
  }
}

int trace(const Options& options) {
  if (!options.from.empty() && (options.node.url.empty() || options.purpose.empty())) {
    return report(Error(Code::InvalidArgument, "--from needs --node and --purpose"), options.json);
  }
  if (options.from.empty() && options.files.empty()) {
    return report(Error(Code::InvalidArgument, "nothing to search: give --from PROVIDER=DATASET or --events FILE"),
                  options.json);
  }
  Collected all;
  for (const auto& file : options.files) {
    Part part;
    part.name = file.string();
    const auto content = read_file(file, kFileLimit);
    if (content) {
      add(all, std::move(part),
          events_of(std::string_view(reinterpret_cast<const char*>(content->data()), content->size())));
    } else {
      add(all, std::move(part), fail(content.error()));
    }
  }
  for (const auto& from : options.from) add_provider(all, options, from);

  schemas::epcis::TraceIndex index;
  for (const Event& event : all.events) index.add(event);
  const auto found = index.walk(options.lot);
  JsonArray steps;
  for (const auto& step : found.steps) steps.push_back(step_row(all, step));
  JsonArray parts;
  bool complete = !found.cut;
  for (const auto& part : all.parts) {
    complete = complete && !part.failed;
    parts.push_back(part_row(part));
  }
  if (options.json) {
    const JsonObject out{{"lot", options.lot},        {"complete", complete},
                         {"cut", found.cut},          {"things", texts(found.things)},
                         {"steps", std::move(steps)}, {"parts", std::move(parts)}};
    fmt::print("{}\n", to_text(Json(out)));
  } else {
    for (const Json& step : steps) print_step(step.get_object());
    fmt::print("{} events, {} things{}\n", found.steps.size(), found.things.size(), complete ? "" : "; NOT COMPLETE");
    for (const Part& part : all.parts) {
      fmt::print("  {}: {} events", printable(part.name), part.events);
      if (!part.exchange.empty()) fmt::print(", exchange {}, log {}", printable(part.exchange), printable(part.log));
      if (part.failed) fmt::print(", FAILED {}: {}", part.failed->name(), printable(part.failed->message));
      fmt::print("\n");
    }
  }
  return complete && !found.steps.empty() ? kGood : kFailed;
}

}  // namespace

void add_trace_command(CLI::App& app, int& code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("trace", "where a lot came from and went, over own files and providers' EPCIS datasets");
  command->add_option("lot", options->lot, "EPC URN, GS1 Digital Link or shipment id")->required();
  command->add_option("--from", options->from,
                      "PROVIDER=DATASET, once for each; every one is an exchange with its receipt");
  command->add_option("--purpose", options->purpose, "purpose IRI, for all providers");
  command->add_option("--events", options->files, "file of own EPCIS events: a document, or NDJSON");
  command->add_option("--node", options->node.url, "the service listener, https://name:port");
  command->add_option("--cacert", options->node.ca_file,
                      "PEM roots that its certificate must lead to; default: the machine's");
  command->add_option("--token-file", options->node.token_file,
                      "holds the bearer token, mode 0600; default: SEKISHO_TOKEN");
  command->add_flag("--json", options->json);
  command->callback([options, &code] { code = trace(*options); });
}

}  // namespace sekisho::cli
