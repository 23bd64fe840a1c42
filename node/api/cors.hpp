// Cross-origin rules of the service listener (formats.md 6): off unless exact origins are set; OPTIONS is answered before
// authentication; never with credentials.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/http/message.hpp"

namespace sekisho::node {

// The answer to a preflight of an allowed origin; nullopt: go on.
[[nodiscard]] std::optional<http::Response> preflight(const std::vector<std::string>& origins, const http::Request& request);
void add_cors(const std::vector<std::string>& origins, const http::Headers& asked, http::Response& response);

}  // namespace sekisho::node
