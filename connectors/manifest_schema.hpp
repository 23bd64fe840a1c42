// The JSON Schema (draft 2020-12) of source manifests: docs/source-manifest.schema.json, built in.
#pragma once

#include <string_view>

namespace sekisho::connectors {

// It says what a schema can say; parse_source_manifest has the last word.
[[nodiscard]] std::string_view manifest_schema();

}  // namespace sekisho::connectors
