// The mark that `sekishod restore` leaves in a data folder: the next start must not continue the old log, because a restore
// is a rollback; it opens a successor and says so.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/result.hpp"

namespace sekisho::node {

[[nodiscard]] Result<std::optional<std::string>> read_restored(const std::filesystem::path& data);
[[nodiscard]] Status mark_restored(const std::filesystem::path& data, std::string_view reason);
[[nodiscard]] Status clear_restored(const std::filesystem::path& data);

}  // namespace sekisho::node
