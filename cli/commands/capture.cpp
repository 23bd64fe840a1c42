#include "cli/commands/capture.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/async/sync_wait.hpp"
#include "base/core/file.hpp"
#include "base/core/limits.hpp"
#include "cli/commands/connector_tool.hpp"
#include "cli/output.hpp"
#include "connectors/epcis/capture.hpp"

namespace sekisho::cli {
namespace {

struct CaptureOptions {
  SourceOptions source;
  std::filesystem::path document;
  connectors::CaptureOptions capture;
};

Result<connectors::Capture> run(const CaptureOptions& options) {
  Result<Bytes> document = read_file(options.document, 4 * limits::kMiB);
  if (!document) return fail(document.error());
  const auto tool = make_source_tool(options.source);
  if (!tool) return fail(tool.error());
  const auto* plan = std::get_if<connectors::HttpPlan>(&(*tool)->manifest);
  if (plan == nullptr) return fail(Code::InvalidArgument, "the manifest is not that of an HTTP source with a base");
  const auto caller = connectors::Caller::make(*plan, (*tool)->context);
  if (!caller) return fail(caller.error());
  std::string text(as_text(*document));
  return async::sync_wait(
      connectors::capture_document(**caller, std::move(text), options.capture, options.source.deadline()));
}

int capture(const CaptureOptions& options) {
  const Result<connectors::Capture> done = run(options);
  if (!done) return report(done.error(), options.source.json);
  const JsonObject facts{{"job", done->job}, {"events", done->events}, {"success", done->success}};
  if (options.source.json) {
    fmt::print("{}\n", to_text(Json(facts)));
  } else {
    print_facts(facts);
  }
  return done->success ? kGood : kFailed;
}

}  // namespace

void add_capture_command(CLI::App& group, int& code) {
  const auto options = std::make_shared<CaptureOptions>();
  CLI::App* command =
      add_source_command(group, "capture", "an EPCIS document into the repository of a manifest", options->source);
  command->add_option("--document", options->document, "an EPCISDocument in JSON")->required();
  command->add_option("--path", options->capture.path, "of the capture interface");
  command->add_flag("--proceed", options->capture.proceed, "keep what fits when not all of it does");
  command->callback([options, &code] { code = capture(*options); });
}

}  // namespace sekisho::cli
