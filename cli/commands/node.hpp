// `sekisho node …`: a node's keys before it starts. Errors are those of trust/zone/node_folder.hpp.
#pragma once

#include <filesystem>
#include <string>

#include "base/core/clock.hpp"
#include "cli/commands/zone_reporter.hpp"

namespace CLI {
class App;
}

namespace sekisho::cli {

struct NodeInitOptions {
  std::filesystem::path dir;              // the node's keys folder, made 0700
  std::filesystem::path passphrase_file;  // empty: keys lie plain at 0600
  std::filesystem::path request;          // empty: <dir>/request.pb
  std::string dns, organization;
  std::string address;                    // ip:port of the peer listener
  std::string foreign_name;               // second name with a web certificate; empty: none
};
[[nodiscard]] Facts run_node_init(const NodeInitOptions& options, const Clock& clock);

struct NodeInstallOptions {
  std::filesystem::path dir, passphrase_file;
  std::filesystem::path certificates;  // what `zone enroll` wrote
};
[[nodiscard]] Facts run_node_install(const NodeInstallOptions& options);

// `sekisho node` with its commands; an empty reporter is plain_reporter().
void add_node_commands(CLI::App& app, Reporter report = {});

}  // namespace sekisho::cli
