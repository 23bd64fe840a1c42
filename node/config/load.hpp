// Reads a node's YAML file. All faults are reported together, each naming its key: an unknown key, a missing one,
// a wrong value. Nothing of the settings is used unless all of them are right.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/core/result.hpp"
#include "node/config/settings.hpp"

namespace sekisho::node {

[[nodiscard]] Result<Settings> load_settings(const std::filesystem::path& file);

// The same from text; `file` is where relative paths start.
[[nodiscard]] Result<Settings> parse_settings(std::string_view yaml, const std::filesystem::path& file);

}  // namespace sekisho::node
