// sekisho: the tool of operators, engineers and auditors. It links no server code.
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/core/version.hpp"
#include "cli/commands/agreement.hpp"
#include "cli/commands/audit.hpp"
#include "cli/commands/connector.hpp"
#include "cli/commands/consume.hpp"
#include "cli/commands/negotiation.hpp"
#include "cli/commands/node.hpp"
#include "cli/commands/operate.hpp"
#include "cli/commands/process.hpp"
#include "cli/commands/trace.hpp"
#include "cli/commands/verify.hpp"
#include "cli/commands/zone.hpp"
#include "cli/output.hpp"

namespace {

constexpr const char* kAbout =
    "sekisho: operate a node, consume data, verify evidence\n"
    "Exit codes: 0 good, 1 refused or failed, 2 usage; verify has its own (docs/auditor.md).";

// Options that a command does not know go up to its group and the program, so that --json may stand anywhere.
void let_options_rise(CLI::App& app) {
  app.fallthrough();
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) let_options_rise(*command);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    CLI::App app(kAbout, "sekisho");
    int code = sekisho::cli::kGood;
    bool json = false;
    app.set_version_flag("--version", "sekisho " + std::string(sekisho::version()));
    app.require_subcommand(1);
    const sekisho::cli::Reporter report = [&code, &json](const sekisho::cli::Facts& facts) {
      if (!facts) {
        code = sekisho::cli::report(facts.error(), json);
      } else if (json) {
        fmt::print("{}\n", sekisho::to_text(sekisho::Json(*facts)));
      } else {
        sekisho::cli::print_facts(*facts);
      }
    };
    sekisho::cli::add_zone_commands(app, report);
    sekisho::cli::add_node_commands(app, report);
    for (const char* group : {"zone", "node"}) {
      app.get_subcommand(group)->add_flag("--json", json, "one JSON object");
      let_options_rise(*app.get_subcommand(group));
    }
    sekisho::cli::add_operate_commands(app, code);
    sekisho::cli::add_agreement_commands(app, code);
    sekisho::cli::add_negotiation_commands(app, code);
    sekisho::cli::add_process_commands(app, code);
    sekisho::cli::add_connector_commands(app, code);
    sekisho::cli::add_consume_commands(app, code);
    sekisho::cli::add_audit_commands(app, code);
    sekisho::cli::add_trace_command(app, code);
    sekisho::cli::add_verify_command(app, code);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? sekisho::cli::kGood : sekisho::cli::kUsage;
    }
    return code;
  } catch (const std::exception& bug) {
    fmt::print(stderr, "INTERNAL: {}\n", bug.what());
    return sekisho::cli::kFailed;
  }
}
