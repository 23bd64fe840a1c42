// The EPCIS event hash id (CBV 2.0 section 8.9): ni:///sha-256;<hex>?ver=CBV2.0 over the pre-hash string of an event.
//
// Two spellings of one event (URN or Digital Link, bare word or IRI, other offsets, other order of members or lists)
// have one hash. Not part of it: eventID, recordTime, errorDeclaration, comments, and the members that a document lists
// in ignoreFields.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/result.hpp"

namespace sekisho::schemas::epcis {

// Prefixes of the "@context" of a document and the members it asks to leave out.
struct HashContext {
  std::map<std::string, std::string, std::less<>> prefixes;
  std::vector<std::string> ignored;  // the document's own wish: whoever must not be steered by it clears the list
};

// From a document, a query document or a single event with an "@context"; contexts are never fetched.
[[nodiscard]] HashContext hash_context(const JsonObject& document);

// Code::JsonShape when the event has no type or nests deeper than 32.
[[nodiscard]] Result<std::string> pre_hash(const JsonObject& event, const HashContext& context);
[[nodiscard]] Result<std::string> event_hash(const JsonObject& event, const HashContext& context);

}  // namespace sekisho::schemas::epcis
