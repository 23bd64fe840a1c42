// What is FHIR's own in a page: Bundles (R4 section "Bundle" of resource types, searchset) and OperationOutcome. Pure.
#pragma once

#include <string>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "base/http/url.hpp"

namespace sekisho::connectors {

// SourceFailed when the document is no Bundle, and for an OperationOutcome in its place.
[[nodiscard]] Status check_bundle(const Json& document);

// Whether an entry tells about the search and is no record; SourceFailed when it tells of an error.
[[nodiscard]] Result<bool> is_outcome(const Json& entry);

// SourceFailed for a "reference" with http(s) to another origin than `base`, at any depth.
[[nodiscard]] Status check_references(const Json& resource, const http::Url& base);

// link[relation=next].url; empty when there is none.
[[nodiscard]] std::string bundle_next(const Json& document);

// The code of the first issue of an OperationOutcome (" (not-found)"); empty for anything else.
[[nodiscard]] std::string outcome_word(const Json& document);

}  // namespace sekisho::connectors
