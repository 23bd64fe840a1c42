// What the `sekisho connector` commands have in common: a manifest, what may be called, and the secrets' files. No
// node.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/async/deadline.hpp"
#include "connectors/connector.hpp"
#include "connectors/source_manifest.hpp"

namespace CLI {
class App;
}

namespace sekisho::cli {

struct SourceOptions {
  std::filesystem::path manifest;
  std::vector<std::string> egress, secrets;
  std::int64_t timeout_ms = 30'000;
  bool json = false;

  [[nodiscard]] async::Deadline deadline() const { return async::Deadline::in(std::chrono::milliseconds(timeout_ms)); }
};

// A subcommand of `group` that reads these options.
CLI::App* add_source_command(CLI::App& group, const char* name, const char* about, SourceOptions& options);

struct SourceTool {
  connectors::SourceManifest manifest;
  connectors::Context context;
};

[[nodiscard]] Result<std::unique_ptr<SourceTool>> make_source_tool(const SourceOptions& options);

}  // namespace sekisho::cli
