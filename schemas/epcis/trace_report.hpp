// The answer to a recall: where a lot came from and went, over the events of several parties, as one JSON object.
//
//   {"lot", "complete", "cut", "things": […],
//    "steps":   [{"time", "direction": "lot|upstream|downstream", "depth", "type", "from", "dataset"?, "bizStep"?,
//                 "disposition"?, "where"?, "parent"?, "things"?, "children"?, "inputs"?, "outputs"?, "who"?,
//                 "breach"?, "readings"?, "exchange"?} …]   by time
//    "holders": [{"who", "first", "last", "named"} …]      parties that the events name, else who reported
//    "parts":   [{"from", "dataset"?, "events", "exchange"?, "agreement"?, "log"?, "own"?} …]
//    "breaks":  [{"from", "dataset"?, "code", "why"} …]}   what is missing and why; complete is false then
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/epcis/document.hpp"
#include "schemas/epcis/trace.hpp"

namespace sekisho::schemas::epcis {

// Where events came from: a source of one's own, or a provider under an exchange that is on record.
struct TracePart {
  std::string from, dataset;
  std::string exchange, agreement, log;
  bool own = false;
  std::size_t events = 0, unreadable = 0;
  std::string code, why;  // of the failure; empty: everything came
};

struct TraceEvents {
  std::vector<TracePart> parts;
  std::vector<Event> events;
  std::vector<std::uint32_t> part_of;  // by event

  void add(std::uint32_t part, std::vector<Event> more);
};

[[nodiscard]] JsonObject trace_report(const TraceEvents& all, std::string_view lot, const TraceLimits& limits = {});

}  // namespace sekisho::schemas::epcis
