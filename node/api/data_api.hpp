// The consumers' routes of the service listener (formats.md 6): one call is one cross-border exchange.
#pragma once

#include "base/async/task.hpp"
#include "base/http/message.hpp"
#include "node/api/parts.hpp"

namespace sekisho::node {

// GET  /v1/data/{provider}?dataset=…&purpose=…        POST /v1/data/{provider} {"dataset", "purpose"}
[[nodiscard]] async::Task<http::Response> get_data(const ApiParts& parts, http::Request request);
// GET /v1/catalog/{provider}
[[nodiscard]] async::Task<http::Response> get_catalog(const ApiParts& parts, http::Request request);

}  // namespace sekisho::node
