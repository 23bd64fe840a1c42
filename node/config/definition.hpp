// The one typed table of settings: key, type, default, whether required, meaning, and how it lands in Settings.
// The loader, the errors and docs/settings.md all come from these rows, so that they cannot disagree.
#pragma once

#include <span>
#include <string_view>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/config/settings.hpp"

namespace sekisho::node {

struct SettingRow {
  std::string_view key;    // dotted path in the YAML file
  std::string_view type;   // for the reader of the manual
  std::string_view fallback;  // "" when there is none
  bool required;
  std::string_view meaning;
  // Reads the value; the message of its error need not name the key. Must not keep the reference.
  Status (*read)(const Json& value, Settings& out);
};

[[nodiscard]] std::span<const SettingRow> setting_rows();

}  // namespace sekisho::node
