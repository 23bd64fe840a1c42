#include "cli/commands/trace_collect.hpp"

#include <fmt/format.h>

#include "base/core/file.hpp"
#include "base/http/url.hpp"
#include "schemas/epcis/document.hpp"
#include "schemas/epcis/event_lines.hpp"
#include "schemas/epcis/trace_report.hpp"

namespace sekisho::cli {
namespace {

using schemas::epcis::Event;
using schemas::epcis::TraceEvents;
using schemas::epcis::TracePart;

constexpr std::size_t kFileLimit = 256U << 20;
constexpr std::size_t kMaxEvents = 1'000'000;
constexpr std::size_t kMaxReport = 64U << 20;

// One document over many lines, or one event or document on each line.
Result<std::vector<Event>> events_of(std::string_view text, std::size_t& unreadable) {
  if (auto whole = parse_json(text, JsonLimits{kFileLimit, 32, 20'000'000})) {
    auto document = schemas::epcis::read_document(std::move(*whole));
    if (!document) return fail(document.error());
    for (Event& event : document->events) schemas::epcis::slim(event);
    return std::move(document->events);
  }
  schemas::epcis::EventLines lines({kMaxEvents, kFileLimit, 16U << 20});
  if (auto fed = lines.feed(text); !fed) return fail(fed.error());
  if (auto fed = lines.finish(); !fed) return fail(fed.error());
  unreadable = lines.unreadable();
  return lines.take();
}

void add(TraceEvents& all, TracePart part, std::string_view text) {
  auto events = events_of(text, part.unreadable);
  if (!events) {
    part.code = events.error().name();
    part.why = events.error().message;
  }
  all.parts.push_back(std::move(part));
  if (events) all.add(static_cast<std::uint32_t>(all.parts.size() - 1), std::move(*events));
}

void add_failed(TraceEvents& all, TracePart part, const Error& error) {
  part.code = error.name();
  part.why = error.message;
  all.parts.push_back(std::move(part));
}

void add_provider(TraceEvents& all, const TraceOptions& options, const std::string& from) {
  TracePart part;
  const std::size_t equals = from.find('=');
  part.from = from.substr(0, equals);
  if (equals == std::string::npos || equals == 0 || equals + 1 == from.size()) {
    return add_failed(all, std::move(part), Error(Code::InvalidArgument, "--from wants PROVIDER=DATASET"));
  }
  part.dataset = from.substr(equals + 1);
  Call request;
  request.target = "/v1/data/" + http::percent_encode(part.from) + "?dataset=" + http::percent_encode(part.dataset) +
                   "&purpose=" + http::percent_encode(options.purpose);
  const auto answer = call(options.node, std::move(request));
  if (!answer) return add_failed(all, std::move(part), answer.error());
  part.exchange = answer->headers.get("Sekisho-Exchange");
  part.agreement = answer->headers.get("Sekisho-Agreement");
  part.log = answer->headers.get("Sekisho-Log");
  add(all, std::move(part), answer->body);
}

}  // namespace

Result<JsonObject> ask_node(const TraceOptions& options) {
  Call request;
  request.target =
      "/v1/trace?lot=" + http::percent_encode(options.lot) + "&purpose=" + http::percent_encode(options.purpose);
  const auto answer = call(options.node, std::move(request));
  if (!answer) return fail(answer.error());
  auto report = parse_json(answer->body, JsonLimits{kMaxReport, 32, 10'000'000});
  if (!report) return fail(report.error());
  if (!report->is_object()) return fail(Code::JsonShape, "the answer is no object");
  return std::move(report->get_object());
}

Result<JsonObject> join_here(const TraceOptions& options) {
  TraceEvents all;
  for (const auto& file : options.files) {
    TracePart part;
    part.from = file.string();
    part.own = true;
    const auto content = read_file(file, kFileLimit);
    if (content) {
      add(all, std::move(part), as_text(*content));
    } else {
      add_failed(all, std::move(part), content.error());
    }
  }
  for (const auto& from : options.from) add_provider(all, options, from);
  return schemas::epcis::trace_report(all, options.lot);
}

}  // namespace sekisho::cli
