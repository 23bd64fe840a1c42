#include "cli/commands/connector.hpp"

#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/async/sync_wait.hpp"
#include "base/core/limits.hpp"
#include "cli/commands/capture.hpp"
#include "cli/commands/connector_tool.hpp"
#include "cli/output.hpp"
#include "connectors/builtin.hpp"
#include "connectors/manifest_schema.hpp"

namespace sekisho::cli {
namespace {

struct ConnectorOptions : SourceOptions {
  std::filesystem::path output;
  std::string stream, cursor;
  std::int64_t max_records = 0;
};

struct Tool {
  std::unique_ptr<SourceTool> source;  // outlives the connector
  std::unique_ptr<connectors::Connector> connector;
};

Result<Tool> make_tool(const ConnectorOptions& options) {
  auto source = make_source_tool(options);
  if (!source) return fail(source.error());
  auto connector = connectors::make_connector((*source)->manifest, (*source)->context);
  if (!connector) return fail(connector.error());
  return Tool{std::move(*source), std::move(*connector)};
}

// The operator's own source: what lies below an error is for these eyes, and holds no secret.
int report_source(const Error& error, bool json) {
  std::string whole = error.chain();
  const std::string code = std::string(error.name()) + ": ";
  if (whole.starts_with(code)) whole.erase(0, code.size());
  Error out(error.code, std::move(whole));
  out.help = error.help;
  return report(out, json);
}

int list_connectors(const ConnectorOptions& options) {
  JsonArray kinds;
  for (const connectors::Spec& spec : connectors::builtin_kinds()) {
    kinds.push_back(JsonObject{{"kind", spec.kind}, {"title", spec.title}, {"network", spec.network}});
    if (!options.json) fmt::print("{}\t{}\n", spec.kind, spec.title);
  }
  if (options.json) fmt::print("{}\n", to_text(Json(std::move(kinds))));
  return kGood;
}

int check_connector(const ConnectorOptions& options) {
  const auto tool = make_tool(options);
  if (!tool) return report_source(tool.error(), options.json);
  const Status checked = async::sync_wait(tool->connector->check(options.deadline()));
  if (!checked) return report_source(checked.error(), options.json);
  fmt::print("{}\n", options.json ? R"({"ok":true})" : "the source answers");
  return kGood;
}

Json to_json(const connectors::StreamInfo& info) {
  JsonArray key;
  for (const std::string& pointer : info.key) key.emplace_back(pointer);
  return JsonObject{{"name", info.name},       {"title", info.title},   {"media", info.media},
                    {"records", info.records}, {"key", std::move(key)}, {"cursor", info.cursor_kind},
                    {"endless", info.endless}, {"schema", info.schema}};
}

int discover(const ConnectorOptions& options) {
  const auto tool = make_tool(options);
  if (!tool) return report_source(tool.error(), options.json);
  const auto streams = async::sync_wait(tool->connector->discover(options.deadline()));
  if (!streams) return report_source(streams.error(), options.json);
  JsonArray out;
  for (const connectors::StreamInfo& info : *streams) {
    out.push_back(to_json(info));
    if (!options.json) fmt::print("{}\t{}\t{}\n", printable(info.name), printable(info.media), printable(info.title));
  }
  if (options.json) fmt::print("{}\n", to_text(Json(std::move(out))));
  return kGood;
}

// Everything up to the end of the source, the wanted number of records or a failure; what came before it is written.
struct Reading {
  bool complete = false;  // the source said that nothing follows
  std::size_t records = 0;
  std::string cursor;
  Status status;
};

async::Task<Reading> read_all(connectors::Connector& connector, const ConnectorOptions& options, std::FILE* out) {
  Reading done;
  connectors::OpenRequest request{options.stream, options.cursor, ""};
  auto reader = co_await connector.open(std::move(request), options.deadline());
  if (!reader) {
    done.status = fail(reader.error());
    co_return done;
  }
  const auto limit = options.max_records > 0 ? static_cast<std::size_t>(options.max_records) : SIZE_MAX;
  const async::Deadline deadline = options.deadline();
  for (bool end = false; !end && done.records < limit;) {
    const std::size_t records = std::min(limits::kBatchRecords, limit - done.records);
    const connectors::Credits credits{records, limits::kBatchBytes, deadline};
    auto batch = co_await (*reader)->read(credits);
    if (!batch) {
      done.status = fail(batch.error());
      co_return done;
    }
    if (std::fwrite(batch->content.data(), 1, batch->content.size(), out) != batch->content.size()) {
      done.status = fail(Code::Io, "the records cannot be written");
      co_return done;
    }
    done.records += batch->records;
    if (!batch->cursor.empty()) done.cursor = batch->cursor;
    done.complete = batch->end;
    end = batch->end || batch->idle;
  }
  // What was written is done: a source that keeps the position itself goes on behind it.
  if (std::fflush(out) == 0) done.status = co_await (*reader)->acknowledge(deadline);
  co_return done;
}

int read(const ConnectorOptions& options) {
  const auto tool = make_tool(options);
  if (!tool) return report_source(tool.error(), options.json);
  const bool to_file = !options.output.empty();
  std::FILE* const out = to_file ? std::fopen(options.output.c_str(), "wb") : stdout;
  if (out == nullptr) return report(Error(Code::Io, "cannot write " + options.output.string()), options.json);
  Reading done = async::sync_wait(read_all(*tool->connector, options, out));
  if ((to_file ? std::fclose(out) : std::fflush(out)) != 0 && done.status) {
    done.status = fail(Code::Io, "the records cannot be written");
  }
  done.complete = done.complete && done.status;
  if (options.json) {
    const JsonObject facts{{"records", done.records}, {"cursor", done.cursor}, {"complete", done.complete}};
    fmt::print(stderr, "{}\n", to_text(Json(facts)));
  }
  if (!done.status) return report_source(done.status.error(), options.json);
  return kGood;
}

}  // namespace

void add_connector_commands(CLI::App& app, int& code) {
  const auto options = std::make_shared<ConnectorOptions>();
  CLI::App* group =
      app.add_subcommand("connector", "sources of data: what there is, whether it answers, what it gives");
  group->require_subcommand(1);
  CLI::App* command = group->add_subcommand("list", "the kinds of sources that are built in");
  command->add_flag("--json", options->json);
  command->callback([options, &code] { code = list_connectors(*options); });
  group->add_subcommand("schema", "the JSON Schema of manifests")->callback([&code] {
    fmt::print("{}", connectors::manifest_schema());
    code = kGood;
  });
  command = add_source_command(*group, "check", "whether a source answers", *options);
  command->callback([options, &code] { code = check_connector(*options); });
  command = add_source_command(*group, "discover", "the streams of a source", *options);
  command->callback([options, &code] { code = discover(*options); });
  command = add_source_command(*group, "read", "the records of a stream, one a line", *options);
  command->add_option("--stream", options->stream, "its name; without: the first");
  command->add_option("--cursor", options->cursor, "go on behind this cursor");
  command->add_option("--max-records", options->max_records, "0: all")->check(CLI::NonNegativeNumber);
  command->add_option("--output", options->output, "a file instead of the standard output");
  command->callback([options, &code] { code = read(*options); });
  add_capture_command(*group, code);
}

}  // namespace sekisho::cli
