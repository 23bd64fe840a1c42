// The walk of a recall over events: from a lot, an item or a shipment, back to where it came from and on to where it
// went.
//
// Things (instances, lots of quantity lists, logistic units, business transactions) are joined by the events that touch
// them, compared by their canonical Digital Link. Back: what was made into the thing, and the units that it left. On:
// what was made of it, and the units that it was put into. Every thing and event is visited once in each direction, so
// circles end.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schemas/epcis/document.hpp"

namespace sekisho::schemas::epcis {

// Types of business transactions that chain shipments: an event of a shipment names it, and the one before it.
inline constexpr std::string_view kShipment = "urn:sekisho:btt:shipment";
inline constexpr std::string_view kPreviousShipment = "urn:sekisho:btt:previous-shipment";

enum class Direction : std::uint8_t { Start, Upstream, Downstream };

struct TraceStep {
  std::uint32_t event = 0;  // position in the events that were added
  Direction direction = Direction::Start;
  std::uint32_t depth = 0;  // 0: an event of the lot itself
};

struct TraceLimits {
  std::size_t events = 10'000;  // in the answer
  std::uint32_t depth = 64;
};

struct Trace {
  std::vector<TraceStep> steps;     // by time of the event
  std::vector<std::string> things;  // everything reached, canonical; the first is the lot
  bool cut = false;                 // a limit was reached: there is more
};

class TraceIndex {
 public:
  // The events stay with the caller; positions count from 0 over all calls. An event whose eventID was seen, or that
  // declares another one wrong, joins nothing twice.
  void add(const Event& event);
  [[nodiscard]] std::size_t size() const { return count_; }
  // Cannot fail: a lot that no event names gives an empty trace.
  [[nodiscard]] Trace walk(std::string_view lot, const TraceLimits& limits = {}) const;

 private:
  enum class Part : std::uint8_t { Same, Child, Parent, Input, Output, Shipment, Previous };
  struct Edge {
    std::uint32_t other = 0;  // event or thing
    Part part = Part::Same;
  };
  void join(std::string_view thing, std::uint32_t event, Part part);
  [[nodiscard]] static bool follows(Part from, Part to, Direction direction);
  struct Walk;
  void spread(Walk& walk, const std::vector<std::uint32_t>& starts, Direction direction) const;

  std::uint32_t count_ = 0;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::string_view> names_;       // keys of numbers_
  std::vector<std::vector<Edge>> events_of_;  // by thing
  std::vector<std::vector<Edge>> things_of_;  // by event
  std::vector<std::int64_t> times_;
  std::unordered_map<std::string, std::uint32_t> ids_;
};

}  // namespace sekisho::schemas::epcis
