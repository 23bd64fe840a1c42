// One place to search what all known peers offer.
#pragma once

#include "base/http/message.hpp"
#include "node/api/parts.hpp"

namespace sekisho::node {

// GET /v1/catalog?q=words&provider=&zone=&limit=&after=
[[nodiscard]] http::Response search_catalog(const ApiParts& parts, const http::Request& request);

}  // namespace sekisho::node
