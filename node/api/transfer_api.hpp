// Transfers for clients of the service listener: ask for a push to an endpoint of this organization, look at it, end
// it. A client sees and ends what it ordered; one with the scope audit sees all.
#pragma once

#include "base/async/task.hpp"
#include "base/http/message.hpp"
#include "node/api/parts.hpp"

namespace sekisho::node {

// POST /v1/transfers {"provider", "dataset", "purpose", "endpoint", "token"?}: 202 and the transfer in state REQUESTED.
// token goes to the provider, who sends it to the endpoint as a bearer token.
[[nodiscard]] async::Task<http::Response> post_transfer(const ApiParts& parts, http::Request request);

// GET /v1/transfers/{id}
[[nodiscard]] http::Response get_transfer(const ApiParts& parts, const http::Request& request);

// DELETE /v1/transfers/{id}: it is no longer needed. One that is started is completed, another terminated.
[[nodiscard]] async::Task<http::Response> delete_transfer(const ApiParts& parts, http::Request request);

}  // namespace sekisho::node
