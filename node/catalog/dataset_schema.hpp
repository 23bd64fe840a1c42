// The schema that a dataset's records fit when they leave: {"document": JSON Schema, "with": {URI: JSON Schema, …}},
// `with` being what the document refers to. Nothing is fetched.
#pragma once

#include <memory>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "schemas/json_schema/json_schema.hpp"

namespace sekisho::node {

// Code::JsonShape with help "pointer" for another shape, a schema that cannot be read or a reference that `with` lacks;
// Code::LimitExceeded beyond 64 documents or what a compiled schema may hold.
[[nodiscard]] Result<std::shared_ptr<const schemas::JsonSchema>> compile_dataset_schema(const Json& schema);

}  // namespace sekisho::node
