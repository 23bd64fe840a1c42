// A view that writes pseudonyms needs the node's key for them: without one no agreement under it could ever be made, so
// that is said when it is offered. Code::KeyFile (help "object") for the first such dataset.
#pragma once

#include "base/core/result.hpp"
#include "node/catalog/catalog.hpp"

namespace sekisho::node {

[[nodiscard]] Status check_pseudonym_key(const CatalogState& state, bool has_key);

}  // namespace sekisho::node
