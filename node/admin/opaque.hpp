// Opaque octets (an image, an archive) have no records: a dataset over such a source is offered as it is, under the
// media type of its source, or not at all.
//
// Code::InvalidArgument (help "object"): a view over an opaque source, or another media type than the source's. A
// manifest that does not read is no matter here.
#pragma once

#include "base/core/result.hpp"
#include "node/catalog/catalog.hpp"

namespace sekisho::node {

[[nodiscard]] Status check_opaque(const CatalogState& state);

}  // namespace sekisho::node
