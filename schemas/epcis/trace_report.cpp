#include "schemas/epcis/trace_report.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace sekisho::schemas::epcis {
namespace {

constexpr std::size_t kMostReadings = 64;  // of one step

std::string_view word(Direction direction) {
  switch (direction) {
    case Direction::Start: return "lot";
    case Direction::Upstream: return "upstream";
    case Direction::Downstream: return "downstream";
  }
  return "";
}

std::string type_of(const Event& event) {
  switch (event.type) {
    case EventType::Object: return "ObjectEvent";
    case EventType::Aggregation: return "AggregationEvent";
    case EventType::Transaction: return "TransactionEvent";
    case EventType::Transformation: return "TransformationEvent";
    case EventType::Association: return "AssociationEvent";
    case EventType::Extended: break;
  }
  return get_string(event.source, "type").value_or("");
}

JsonArray texts(const std::vector<std::string>& list) {
  JsonArray out;
  for (const auto& one : list) out.push_back(Json(one));
  return out;
}

// What the sensors of an event reported: the members that the standard defines, values as they came.
JsonArray readings_of(const Event& event) {
  JsonArray out;
  const auto elements = get_array(event.source, "sensorElementList");
  if (!elements) return out;
  for (const Json& element : **elements) {
    const auto* metadata = element.get_object().if_contains("sensorMetadata");
    const auto reports = get_array(element.get_object(), "sensorReport");
    if (!reports) continue;
    for (const Json& report : **reports) {
      if (out.size() >= kMostReadings) return out;
      JsonObject row;
      const auto copy = [&row](const Json* from, std::initializer_list<const char*> names) {
        if (from == nullptr || !from->is_object()) return;
        for (const char* name : names) {
          const Json* value = from->get_object().if_contains(name);
          if (value != nullptr && (value->is_number() || value->is_string())) row[name] = *value;
        }
      };
      copy(metadata, {"time", "startTime", "endTime", "deviceID"});
      copy(&report, {"time", "deviceID", "type", "value", "minValue", "maxValue", "meanValue", "uom", "exception"});
      out.push_back(std::move(row));
    }
  }
  return out;
}

void put(JsonObject& row, std::initializer_list<std::pair<const char*, const std::string*>> members) {
  for (const auto& [name, text] : members) {
    if (!text->empty()) row[name] = *text;
  }
}

JsonObject step_row(const TraceEvents& all, const TraceStep& step) {
  const Event& event = all.events[step.event];
  const TracePart& part = all.parts[all.part_of[step.event]];
  JsonObject row{{"time", to_rfc3339(event.time)},
                 {"direction", word(step.direction)},
                 {"depth", step.depth},
                 {"type", type_of(event)},
                 {"from", part.from}};
  put(row, {{"dataset", &part.dataset},
            {"bizStep", &event.biz_step},
            {"disposition", &event.disposition},
            {"where", event.read_point.empty() ? &event.biz_location : &event.read_point},
            {"parent", &event.parent},
            {"exchange", &part.exchange}});
  for (const auto& [name, list] : {std::pair("things", &event.epcs), std::pair("children", &event.children),
                                   std::pair("inputs", &event.inputs), std::pair("outputs", &event.outputs)}) {
    if (!list->empty()) row[name] = texts(*list);
  }
  JsonArray parties;
  for (const auto* list : {&event.sources, &event.destinations}) {
    for (const auto& typed : *list) parties.push_back(Json(typed.id));
  }
  if (!parties.empty()) row["who"] = std::move(parties);
  if (event.alarm) row["breach"] = true;
  if (JsonArray readings = readings_of(event); !readings.empty()) row["readings"] = std::move(readings);
  return row;
}

// In the order in which they first had it.
JsonArray holders(const TraceEvents& all, const std::vector<TraceStep>& steps) {
  struct Holder {
    std::string who;
    Instant first, last;
    bool named = false;
  };
  std::vector<Holder> list;
  std::map<std::string, std::size_t, std::less<>> places;
  const auto meet = [&](const std::string& who, Instant at, bool named) {
    const auto [place, fresh] = places.try_emplace(who, list.size());
    if (fresh) list.push_back(Holder{who, at, at, named});
    Holder& holder = list[place->second];
    holder.last = std::max(holder.last, at);
    holder.named = holder.named || named;
  };
  for (const TraceStep& step : steps) {
    const Event& event = all.events[step.event];
    bool named = false;
    for (const auto* side : {&event.sources, &event.destinations}) {
      for (const Typed& party : *side) {
        meet(party.id, event.time, true);
        named = true;
      }
    }
    if (!named) meet(all.parts[all.part_of[step.event]].from, event.time, false);
  }
  JsonArray out;
  for (const Holder& one : list) {
    out.push_back(JsonObject{
        {"who", one.who}, {"first", to_rfc3339(one.first)}, {"last", to_rfc3339(one.last)}, {"named", one.named}});
  }
  return out;
}

JsonObject part_row(const TracePart& part) {
  JsonObject row{{"from", part.from}, {"events", part.events}};
  put(row,
      {{"dataset", &part.dataset}, {"exchange", &part.exchange}, {"agreement", &part.agreement}, {"log", &part.log}});
  if (part.own) row["own"] = true;
  return row;
}

JsonObject break_row(const TracePart& part, std::string_view code, std::string_view why) {
  JsonObject row{{"from", part.from}, {"code", code}, {"why", why}};
  put(row, {{"dataset", &part.dataset}});
  return row;
}

}  // namespace

void TraceEvents::add(std::uint32_t part, std::vector<Event> more) {
  parts[part].events += more.size();
  for (Event& event : more) {
    events.push_back(std::move(event));
    part_of.push_back(part);
  }
}

JsonObject trace_report(const TraceEvents& all, std::string_view lot, const TraceLimits& limits) {
  TraceIndex index;
  for (const Event& event : all.events) index.add(event);
  const Trace found = index.walk(lot, limits);
  JsonArray steps, parts, breaks;
  for (const TraceStep& step : found.steps) steps.push_back(step_row(all, step));
  for (const TracePart& part : all.parts) {
    parts.push_back(part_row(part));
    if (!part.code.empty()) breaks.push_back(break_row(part, part.code, part.why));
    if (part.unreadable != 0) {
      breaks.push_back(break_row(part, code_info(Code::JsonShape).name,
                                 fmt::format("{} records are no EPCIS events", part.unreadable)));
    }
  }
  return JsonObject{{"lot", lot},
                    {"complete", !found.cut && breaks.empty()},
                    {"cut", found.cut},
                    {"things", texts(found.things)},
                    {"steps", std::move(steps)},
                    {"holders", holders(all, found.steps)},
                    {"parts", std::move(parts)},
                    {"breaks", std::move(breaks)}};
}

}  // namespace sekisho::schemas::epcis
