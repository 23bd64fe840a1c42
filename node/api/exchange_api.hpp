// GET /v1/exchanges/{id}: the state of an exchange of this node as consumer and its evidence, never data. A client with
// the scope data sees those that it made, one with the scope audit all; everything else is 404.
#pragma once

#include "base/http/message.hpp"
#include "node/api/parts.hpp"

namespace sekisho::node {

[[nodiscard]] http::Response get_exchange(const ApiParts& parts, const http::Request& request);

}  // namespace sekisho::node
