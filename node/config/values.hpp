// Readers for the kinds of values that settings have. Each names what it expected.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/config/settings.hpp"

namespace sekisho::node {

[[nodiscard]] Result<std::string> read_text(const Json& value);
[[nodiscard]] Result<std::filesystem::path> read_path(const Json& value, const Settings& base);  // relative to the file
[[nodiscard]] Result<std::size_t> read_count(const Json& value, std::size_t least, std::size_t most);
[[nodiscard]] Result<std::chrono::microseconds> read_duration(const Json& value);  // "100ms", "60s", "10m", "24h", "500us"
[[nodiscard]] Result<Endpoint> read_endpoint(const Json& value);                   // "127.0.0.1:9441", "[::1]:9441"
[[nodiscard]] Result<std::string> read_dns_name(const Json& value);                // lower case, no trailing dot, no wildcard
[[nodiscard]] Result<std::vector<std::string>> read_text_list(const Json& value);
// [{host, port?, address?, ca?, key?} …]; ca is relative to the file.
[[nodiscard]] Result<std::vector<PushHost>> read_push_hosts(const Json& value, const Settings& base);

}  // namespace sekisho::node
