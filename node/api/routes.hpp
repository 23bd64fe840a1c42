// The route tables of the three listeners. Each row states who may call it and how large a body may be; what a handler
// does is to read the request and hand it to one service.
#pragma once

#include <vector>

#include "node/api/parts.hpp"
#include "node/server/route.hpp"

namespace sekisho::node {

[[nodiscard]] std::vector<Route> peer_routes(const ApiParts& parts);
[[nodiscard]] std::vector<Route> service_routes(const ApiParts& parts);
[[nodiscard]] std::vector<Route> operator_routes(const ApiParts& parts);

}  // namespace sekisho::node
