// The recall's route of the service listener (node/exchange/trace.hpp).
#pragma once

#include "base/async/task.hpp"
#include "base/http/message.hpp"
#include "node/api/parts.hpp"

namespace sekisho::node {

// GET /v1/trace?lot=…&purpose=…: the way of a lot over the own EPCIS datasets and those of the partners.
[[nodiscard]] async::Task<http::Response> get_trace(const ApiParts& parts, http::Request request);

}  // namespace sekisho::node
