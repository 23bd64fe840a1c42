// OpenAPI 3.1 of the service listener, from one table of operations; docs/openapi.json is this text, and a test holds it
// against the route table.
#pragma once

#include <string>

namespace sekisho::node {

[[nodiscard]] std::string openapi_text();

}  // namespace sekisho::node
