// The verbs of `sekishod` for a node that does not run: check, scrub, backup, restore. Each prints one line a finding and
// answers whether all is well.
#pragma once

#include <filesystem>
#include <vector>

#include "base/core/result.hpp"
#include "node/config/settings.hpp"

namespace sekisho::node {

// Settings, keys, snapshot, database, anchor.
[[nodiscard]] Status check_node(const Settings& settings);

// Recomputes the tree, the statements and the indexes from the entries; each released checkpoint (a signed note in a file)
// must be consistent with it.
[[nodiscard]] Status scrub_node(const Settings& settings, const std::vector<std::filesystem::path>& checkpoints);

// A copy of the data folder in a new folder.
[[nodiscard]] Status backup_node(const Settings& settings, const std::filesystem::path& to);

// Puts a backup into an empty data folder and marks it: a restore is a rollback, so the next start opens a successor log.
[[nodiscard]] Status restore_node(const Settings& settings, const std::filesystem::path& from);

// Every key and value of the database, decoded, a line of JSON each; what a privacy search reads.
[[nodiscard]] Status dump_node(const Settings& settings);

}  // namespace sekisho::node
