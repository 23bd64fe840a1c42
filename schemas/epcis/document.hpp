// EPCIS 2.0 documents, query documents and single events in JSON and JSON-LD (EPCIS 2.0 section 10, GS1 JSON Schema).
//
// Strict in what the standard defines; members that it does not define (extensions, ilmd) stay in `source` word for
// word. Pure values; no context is ever fetched.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"

namespace sekisho::schemas::epcis {

// Extended: a type of another vocabulary ("example:Inspection").
enum class EventType : std::uint8_t { Object, Aggregation, Transaction, Transformation, Association, Extended };
enum class DocumentKind : std::uint8_t { Document, Query, Event };

struct Typed {
  std::string type;  // empty: not given
  std::string id;
};

struct Event {
  EventType type = EventType::Object;
  Instant time{};
  std::string id;      // eventID; empty: none
  std::string action;  // ADD, OBSERVE, DELETE; empty for transformations
  std::string biz_step, disposition, read_point, biz_location;
  std::string parent, transformation;
  std::vector<std::string> epcs, children, inputs, outputs;  // instances and, after them, classes of the quantity lists
  std::vector<Typed> transactions, sources, destinations;
  bool declared_error = false;
  bool alarm = false;  // a sensor report with an exception
  JsonObject source;   // the event as it came
};

struct Document {
  DocumentKind kind = DocumentKind::Document;
  JsonObject frame;  // the document without its events; empty for a single event
  std::vector<Event> events;
};

// Code::JsonShape with help "pointer" names the member that is wrong.
[[nodiscard]] Result<Event> read_event(JsonObject source);
// A document with an event list, a query document, or one event; told apart by "type".
[[nodiscard]] Result<Document> read_document(Json source);
// The inverse: semantically equal to what was read.
[[nodiscard]] Json write_document(const Document& document);
// What POST /capture takes: a new document with these events and the EPCIS context, and any further contexts given.
[[nodiscard]] Json capture_document(std::span<const Event> events, Instant created, const JsonArray& contexts = {});

}  // namespace sekisho::schemas::epcis
