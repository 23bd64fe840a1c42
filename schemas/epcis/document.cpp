#include "schemas/epcis/document.hpp"

#include <algorithm>
#include <array>

namespace sekisho::schemas::epcis {
namespace {

constexpr std::string_view kContext = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
constexpr std::array<std::pair<std::string_view, EventType>, 5> kTypes{
    {{"ObjectEvent", EventType::Object},
     {"AggregationEvent", EventType::Aggregation},
     {"TransactionEvent", EventType::Transaction},
     {"TransformationEvent", EventType::Transformation},
     {"AssociationEvent", EventType::Association}}};

Error wrong(std::string_view pointer, std::string what) {
  return Error(Code::JsonShape, std::move(what)).with("pointer", "/" + std::string(pointer));
}

bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 && text.size() <= 4096 &&
         std::none_of(text.begin(), text.end(), [](char c) { return c >= 0 && c <= 0x20; });
}

Status take_text(const JsonObject& source, std::string_view name, std::string& out) {
  auto text = get_optional_string(source, name);
  if (!text) return fail(text.error());
  if (*text) out = std::move(**text);
  return {};
}

Status take_uris(const JsonObject& source, std::string_view name, std::vector<std::string>& out) {
  const auto* value = source.if_contains(name);
  if (value == nullptr) return {};
  if (!value->is_array()) return fail(wrong(name, "a list of identifiers is no array"));
  for (const Json& one : value->get_array()) {
    if (!one.is_string() || !is_uri(std::string_view(one.get_string())))
      return fail(wrong(name, "an identifier is no URI"));
    out.emplace_back(one.get_string());
  }
  return {};
}

Status take_classes(const JsonObject& source, std::string_view name, std::vector<std::string>& out) {
  const auto* value = source.if_contains(name);
  if (value == nullptr) return {};
  if (!value->is_array()) return fail(wrong(name, "a quantity list is no array"));
  for (const Json& one : value->get_array()) {
    if (!one.is_object()) return fail(wrong(name, "a quantity is no object"));
    const auto id = get_string(one.get_object(), "epcClass");
    if (!id || !is_uri(*id)) return fail(wrong(name, "a quantity has no epcClass"));
    const auto* amount = one.get_object().if_contains("quantity");
    if (amount != nullptr && !amount->is_number()) return fail(wrong(name, "a quantity is no number"));
    out.push_back(*id);
  }
  return {};
}

Status take_place(const JsonObject& source, std::string_view name, std::string& out) {
  const auto* value = source.if_contains(name);
  if (value == nullptr) return {};
  if (!value->is_object()) return fail(wrong(name, "a place is no object"));
  auto id = get_string(value->get_object(), "id");
  if (!id || !is_uri(*id)) return fail(wrong(name, "a place has no id"));
  out = std::move(*id);
  return {};
}

Status take_typed(const JsonObject& source, std::string_view list, std::string_view thing, bool type_needed,
                  std::vector<Typed>& out) {
  const auto* value = source.if_contains(list);
  if (value == nullptr) return {};
  if (!value->is_array()) return fail(wrong(list, "no array"));
  for (const Json& one : value->get_array()) {
    if (!one.is_object()) return fail(wrong(list, "an element is no object"));
    Typed typed;
    if (auto read = take_text(one.get_object(), "type", typed.type); !read) return read;
    auto id = get_string(one.get_object(), thing);
    if (!id || (type_needed && typed.type.empty())) return fail(wrong(list, "an element is not complete"));
    typed.id = std::move(*id);
    out.push_back(std::move(typed));
  }
  return {};
}

Status take_sensors(const JsonObject& source, bool& alarm) {
  const auto* value = source.if_contains("sensorElementList");
  if (value == nullptr) return {};
  if (!value->is_array()) return fail(wrong("sensorElementList", "no array"));
  for (const Json& one : value->get_array()) {
    if (!one.is_object()) return fail(wrong("sensorElementList", "an element is no object"));
    const auto reports = get_array(one.get_object(), "sensorReport");
    if (!reports) return fail(wrong("sensorElementList", "an element has no sensorReport"));
    for (const Json& report : **reports) {
      if (!report.is_object()) return fail(wrong("sensorElementList", "a report is no object"));
      alarm = alarm || report.get_object().contains("exception");
    }
  }
  return {};
}

bool is_offset(std::string_view text) {
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  for (const std::size_t at : {1U, 2U, 4U, 5U}) {
    if (text[at] < '0' || text[at] > '9') return false;
  }
  return (text[1] < '1' || (text[1] == '1' && text[2] <= '4')) && text[4] < '6';
}

Status take_head(const JsonObject& source, Event& out) {
  const auto type = get_string(source, "type");
  if (!type) return fail(wrong("type", "an event without a type"));
  const auto* known = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& row) { return row.first == *type; });
  if (known == kTypes.end() && !is_uri(*type))
    return fail(wrong("type", "no type of EPCIS 2.0 and none of another vocabulary"));
  out.type = known == kTypes.end() ? EventType::Extended : known->second;
  const auto time = get_string(source, "eventTime");
  const auto at = time ? from_rfc3339(*time) : Result<Instant>(fail(time.error()));
  if (!at) return fail(wrong("eventTime", "no date and time with a zone"));
  out.time = *at;
  const auto offset = get_string(source, "eventTimeZoneOffset");
  if (!offset || !is_offset(*offset)) return fail(wrong("eventTimeZoneOffset", "no offset"));
  if (auto read = take_text(source, "eventID", out.id); !read) return read;
  if (auto read = take_text(source, "action", out.action); !read) return read;
  const bool has_action = out.action == "ADD" || out.action == "OBSERVE" || out.action == "DELETE";
  if (!out.action.empty() && !has_action) return fail(wrong("action", "neither ADD nor OBSERVE nor DELETE"));
  const bool needs_action = out.type != EventType::Transformation && out.type != EventType::Extended;
  if (needs_action != has_action && out.type != EventType::Extended)
    return fail(wrong("action", "an action is missing, or not allowed"));
  return {};
}

}  // namespace

Result<Event> read_event(JsonObject source) {
  Event out;
  const auto all = [&]() -> Status {
    for (const auto& [name, text] :
         {std::pair("bizStep", &out.biz_step), std::pair("disposition", &out.disposition),
          std::pair("parentID", &out.parent), std::pair("transformationID", &out.transformation)}) {
      if (auto read = take_text(source, name, *text); !read) return read;
    }
    for (const auto& [name, list] :
         {std::pair("epcList", &out.epcs), std::pair("childEPCs", &out.children),
          std::pair("inputEPCList", &out.inputs), std::pair("outputEPCList", &out.outputs)}) {
      if (auto read = take_uris(source, name, *list); !read) return read;
    }
    for (const auto& [name, list] :
         {std::pair("quantityList", &out.epcs), std::pair("childQuantityList", &out.children),
          std::pair("inputQuantityList", &out.inputs), std::pair("outputQuantityList", &out.outputs)}) {
      if (auto read = take_classes(source, name, *list); !read) return read;
    }
    if (auto read = take_place(source, "readPoint", out.read_point); !read) return read;
    if (auto read = take_place(source, "bizLocation", out.biz_location); !read) return read;
    if (auto read = take_typed(source, "bizTransactionList", "bizTransaction", false, out.transactions); !read)
      return read;
    if (auto read = take_typed(source, "sourceList", "source", true, out.sources); !read) return read;
    if (auto read = take_typed(source, "destinationList", "destination", true, out.destinations); !read) return read;
    return take_sensors(source, out.alarm);
  };
  if (auto read = take_head(source, out); !read) return fail(read.error());
  if (auto read = all(); !read) return fail(read.error());
  out.declared_error = source.contains("errorDeclaration");
  out.source = std::move(source);
  return out;
}

Result<Document> read_document(Json source) {
  if (!source.is_object()) return fail(wrong("", "the document is no object"));
  JsonObject& object = source.get_object();
  const auto type = get_string(object, "type");
  if (!type) return fail(wrong("type", "a document without a type"));
  Document out;
  if (*type != "EPCISDocument" && *type != "EPCISQueryDocument") {
    out.kind = DocumentKind::Event;
    auto event = read_event(std::move(object));
    if (!event) return fail(event.error());
    out.events.push_back(std::move(*event));
    return out;
  }
  out.kind = *type == "EPCISDocument" ? DocumentKind::Document : DocumentKind::Query;
  Json* place = object.if_contains("epcisBody");
  if (out.kind == DocumentKind::Query) {
    for (const char* name : {"queryResults", "resultsBody"}) {
      if (place != nullptr) place = place->is_object() ? place->get_object().if_contains(name) : nullptr;
    }
  }
  if (place == nullptr || !place->is_object()) return fail(wrong("epcisBody", "the document has no body"));
  Json* list = place->get_object().if_contains("eventList");
  if (list == nullptr || !list->is_array()) return fail(wrong("epcisBody/eventList", "the document has no event list"));
  JsonArray events = std::move(list->get_array());
  list->emplace_array();
  out.events.reserve(events.size());
  for (Json& one : events) {
    const std::string pointer = "epcisBody/eventList/" + std::to_string(out.events.size());
    if (!one.is_object()) return fail(wrong(pointer, "an event is no object"));
    auto event = read_event(std::move(one.get_object()));
    if (!event)
      return fail(
          Error(Code::JsonShape, "an event is not one of EPCIS 2.0", event.error()).with("pointer", "/" + pointer));
    out.events.push_back(std::move(*event));
  }
  out.frame = std::move(object);
  return out;
}

Json write_document(const Document& document) {
  if (document.kind == DocumentKind::Event)
    return document.events.empty() ? Json(JsonObject{}) : Json(document.events.front().source);
  JsonObject out = document.frame;
  Json* place = &out["epcisBody"];
  if (document.kind == DocumentKind::Query) place = &place->as_object()["queryResults"].as_object()["resultsBody"];
  JsonArray events;
  for (const Event& event : document.events) events.push_back(event.source);
  place->as_object()["eventList"] = std::move(events);
  return out;
}

Json capture_document(std::span<const Event> events, Instant created, const JsonArray& contexts) {
  JsonArray list;
  for (const Event& event : events) list.push_back(event.source);
  JsonArray context{Json(kContext)};
  for (const Json& further : contexts) context.push_back(further);
  return JsonObject{{"@context", std::move(context)},
                    {"type", "EPCISDocument"},
                    {"schemaVersion", "2.0"},
                    {"creationDate", to_rfc3339(created)},
                    {"epcisBody", JsonObject{{"eventList", std::move(list)}}}};
}

}  // namespace sekisho::schemas::epcis
