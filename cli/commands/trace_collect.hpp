// The two ways of a recall: the node asks its partners (GET /v1/trace), or the tool joins the files and providers it is
// given.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "cli/node_call.hpp"

namespace sekisho::cli {

struct TraceOptions {
  NodeAddress node;
  std::string lot, purpose;
  std::vector<std::string> from;  // PROVIDER=DATASET
  std::vector<std::filesystem::path> files;
};

// The report of schemas/epcis/trace_report.hpp. What a provider refuses is a break in it, no error.
[[nodiscard]] Result<JsonObject> ask_node(const TraceOptions& options);
[[nodiscard]] Result<JsonObject> join_here(const TraceOptions& options);

}  // namespace sekisho::cli
