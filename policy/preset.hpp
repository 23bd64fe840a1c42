// Views that stand under a name in the program, for {"preset": NAME} in a view document. What a name stands for never
// changes: a better preset has the next number.
//
//   fhir-deidentify@1   FHIR R4 resources without direct identifiers; docs/views.md says what is left
#pragma once

#include <optional>
#include <string_view>

#include "base/core/json.hpp"

namespace sekisho::policy {

inline constexpr std::string_view kFhirDeidentify1 = "fhir-deidentify@1";

// A view document; nothing when no preset has that name.
[[nodiscard]] std::optional<Json> preset_document(std::string_view name);

}  // namespace sekisho::policy
