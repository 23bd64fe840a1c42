// Processes as the operator sees and ends them: negotiations and transfers alike, by their own id or the peer's.
#pragma once

#include <vector>

#include "node/api/parts.hpp"
#include "node/server/route.hpp"

namespace sekisho::node {

// Of the operator socket.
[[nodiscard]] std::vector<Route> process_routes(const ApiParts& parts);

}  // namespace sekisho::node
