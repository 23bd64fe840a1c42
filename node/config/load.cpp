#include "node/config/load.hpp"

#include <map>
#include <vector>

#include <fmt/format.h>

#include "base/core/file.hpp"
#include "base/core/yaml.hpp"
#include "node/config/definition.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMaxFile = 256U << 10;

// Leaves are everything that a row reads; a map that no row reads is a group.
void flatten(const JsonObject& object, const std::string& prefix, std::map<std::string, const Json*>& out,
             std::vector<std::string>& unknown) {
  for (const auto& member : object) {
    const std::string key = prefix + std::string(member.key());
    bool group = false;
    bool row = false;
    for (const auto& r : setting_rows()) {
      row = row || r.key == key;
      group = group || r.key.starts_with(key + ".");
    }
    if (row) {
      out[key] = &member.value();
    } else if (group && member.value().is_object()) {
      flatten(member.value().get_object(), key + ".", out, unknown);
    } else {
      unknown.push_back(group ? fmt::format("'{}' must be a group of settings", key) : fmt::format("'{}' is unknown", key));
    }
  }
}

}  // namespace

Result<Settings> parse_settings(std::string_view yaml, const std::filesystem::path& file) {
  auto document = parse_yaml(yaml);
  if (!document) return fail(Code::YamlSyntax, fmt::format("{} cannot be read", file.string()), document.error());
  if (!document->is_object()) return fail(Code::YamlSyntax, fmt::format("{} is no map of settings", file.string()));

  Settings settings;
  settings.file = std::filesystem::absolute(file);
  std::map<std::string, const Json*> given;
  std::vector<std::string> faults;
  flatten(document->get_object(), "", given, faults);
  Code code = faults.empty() ? Code::SettingInvalid : Code::SettingUnknown;
  for (const auto& row : setting_rows()) {
    const auto found = given.find(std::string(row.key));
    if (found == given.end()) {
      if (row.required) {
        if (faults.empty()) code = Code::SettingMissing;
        faults.push_back(fmt::format("'{}' is missing ({})", row.key, row.type));
      }
      continue;
    }
    if (const auto read = row.read(*found->second, settings); !read) {
      faults.push_back(fmt::format("'{}': {}", row.key, read.error().message));
    }
  }
  if (!faults.empty()) return fail(code, fmt::format("{}: {}", file.string(), fmt::join(faults, "; ")));
  if (settings.anchor.empty()) settings.anchor = settings.data / "anchor";
  if (settings.operator_socket.empty()) settings.operator_socket = settings.data / "operator.sock";
  return settings;
}

Result<Settings> load_settings(const std::filesystem::path& file) {
  auto text = read_file(file, kMaxFile);
  if (!text) return fail(Code::Io, fmt::format("the settings file {} cannot be read", file.string()), text.error());
  return parse_settings(as_text(*text), file);
}

}  // namespace sekisho::node
