// sekishod: the node, and the maintenance of a stopped one.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include <fmt/format.h>

#include "base/core/log.hpp"
#include "base/core/version.hpp"
#include "node/api/openapi.hpp"
#include "node/app/maintenance.hpp"
#include "node/app/run.hpp"
#include "node/config/load.hpp"

namespace {

using sekisho::Code;
using sekisho::fail;
using sekisho::Result;
using sekisho::Status;

constexpr std::string_view kUsage =
    "sekishod: the node of one organization\n\n"
    "  sekishod NODE.yaml                             serve (also: sekishod run NODE.yaml)\n"
    "  sekishod check NODE.yaml                       settings, keys, snapshot, database, anchor\n"
    "  sekishod scrub NODE.yaml [--checkpoint FILE]…  recompute the log; released checkpoints must fit\n"
    "  sekishod backup NODE.yaml --out FOLDER         copy the data of a stopped node\n"
    "  sekishod restore NODE.yaml --from FOLDER       put a backup back; the next start opens a successor log\n"
    "  sekishod dump NODE.yaml                        every key and value of a stopped node, as JSON lines\n"
    "  sekishod openapi                               OpenAPI 3.1 of the service listener\n"
    "  sekishod --version | --help\n\n"
    "Exit codes: 0 good, 1 failed (the error's code is printed), 2 usage.\n";

constexpr int kUsageError = 2;

struct Arguments {
  std::string verb, file;
  std::vector<std::filesystem::path> checkpoints;
  std::string out, from;
};

Result<Arguments> read_arguments(const std::vector<std::string>& words) {
  Arguments out;
  std::size_t at = 0;
  for (const std::string_view verb : {"run", "check", "scrub", "backup", "restore", "dump"}) {
    if (!words.empty() && words[0] == verb) out.verb = words[at++];
  }
  if (out.verb.empty()) out.verb = "run";
  for (; at < words.size(); ++at) {
    const bool has_value = at + 1 < words.size();
    if (words[at] == "--checkpoint" && has_value && out.verb == "scrub") {
      out.checkpoints.emplace_back(words[++at]);
    } else if (words[at] == "--out" && has_value && out.verb == "backup") {
      out.out = words[++at];
    } else if (words[at] == "--from" && has_value && out.verb == "restore") {
      out.from = words[++at];
    } else if (out.file.empty() && !words[at].starts_with("-")) {
      out.file = words[at];
    } else {
      return fail(Code::InvalidArgument, fmt::format("'{}' is not understood", words[at]));
    }
  }
  if (out.file.empty() || (out.verb == "backup" && out.out.empty()) || (out.verb == "restore" && out.from.empty())) {
    return fail(Code::InvalidArgument, "an argument is missing");
  }
  return out;
}

Status perform(const Arguments& arguments) {
  auto settings = sekisho::node::load_settings(arguments.file);
  if (!settings) return fail(settings.error());
  if (const auto level = sekisho::log_level_from_text(settings->log_level)) sekisho::set_log_level(*level);
  if (arguments.verb == "check") return sekisho::node::check_node(*settings);
  if (arguments.verb == "scrub") return sekisho::node::scrub_node(*settings, arguments.checkpoints);
  if (arguments.verb == "backup") return sekisho::node::backup_node(*settings, arguments.out);
  if (arguments.verb == "restore") return sekisho::node::restore_node(*settings, arguments.from);
  if (arguments.verb == "dump") return sekisho::node::dump_node(*settings);
  return sekisho::node::run_node(std::move(*settings));
}

int report(const sekisho::Error& error) {
  fmt::print(stderr, "{}\nmend: {}\n", error.chain(), sekisho::code_info(error.code).mend);
  for (const auto& [name, value] : error.help) fmt::print(stderr, "{}: {}\n", name, value);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  // Salts, entries and backups are nobody else's to read.
  ::umask(0077);
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (!words.empty() && (words[0] == "--help" || words[0] == "-h")) {
      fmt::print("{}", kUsage);
      return 0;
    }
    if (!words.empty() && words[0] == "--version") {
      fmt::print("sekishod {}\n", sekisho::version());
      return 0;
    }
    if (words == std::vector<std::string>{"openapi"}) {
      fmt::print("{}\n", sekisho::node::openapi_text());
      return 0;
    }
    const auto arguments = read_arguments(words);
    if (!arguments) {
      fmt::print(stderr, "{}\n\n{}", arguments.error().message, kUsage);
      return kUsageError;
    }
    const auto done = perform(*arguments);
    return done ? 0 : report(done.error());
  } catch (const std::exception& bug) {
    fmt::print(stderr, "INTERNAL: {}\n", bug.what());
    return 1;
  }
}
