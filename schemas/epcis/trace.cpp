#include "schemas/epcis/trace.hpp"

#include <algorithm>
#include <deque>

#include "schemas/epcis/digital_link.hpp"

namespace sekisho::schemas::epcis {

void TraceIndex::join(std::string_view thing, std::uint32_t event, Part part) {
  if (thing.empty()) return;
  const auto [place, fresh] = numbers_.try_emplace(canonical_id(thing), static_cast<std::uint32_t>(names_.size()));
  if (fresh) {
    names_.push_back(place->first);
    events_of_.emplace_back();
  }
  events_of_[place->second].push_back(Edge{event, part});
  things_of_[event].push_back(Edge{place->second, part});
}

void TraceIndex::add(const Event& event) {
  const std::uint32_t at = count_++;
  things_of_.emplace_back();
  times_.push_back(event.time.time_since_epoch().count());
  if (event.declared_error) return;  // declared wrong: it joins nothing
  if (!event.id.empty() && !ids_.try_emplace(event.id, at).second) return;
  for (const auto& epc : event.epcs) join(epc, at, Part::Same);
  for (const auto& epc : event.inputs) join(epc, at, Part::Input);
  for (const auto& epc : event.outputs) join(epc, at, Part::Output);
  for (const auto& epc : event.children) join(epc, at, Part::Child);
  join(event.parent, at,
       event.type == EventType::Aggregation || event.type == EventType::Association ? Part::Parent : Part::Same);
  // The halves of one transformation may come as several events.
  if (event.type == EventType::Transformation && !event.transformation.empty()) {
    const std::string link = "transformation:" + event.transformation;
    if (!event.inputs.empty()) join(link, at, Part::Output);
    if (!event.outputs.empty()) join(link, at, Part::Input);
  }
  for (const auto& transaction : event.transactions) {
    const Part part = transaction.type == kShipment           ? Part::Shipment
                      : transaction.type == kPreviousShipment ? Part::Previous
                                                              : Part::Same;
    join("transaction:" + transaction.id, at, part);
  }
}

bool TraceIndex::follows(Part from, Part to, Direction direction) {
  const bool down = direction == Direction::Downstream;
  switch (from) {
    // A unit leads to what is in it in both directions; what is in it leads to the unit.
    case Part::Child: return to == Part::Parent;
    case Part::Parent: return to == Part::Child;
    case Part::Input: return down && to == Part::Output;
    case Part::Output: return !down && to == Part::Input;
    // Shipments chain to shipments; their other goods stay out.
    case Part::Same: return to == (down ? Part::Shipment : Part::Previous);
    case Part::Shipment: return !down && to == Part::Previous;
    case Part::Previous: return down && to == Part::Shipment;
  }
  return false;
}

struct TraceIndex::Walk {
  const TraceLimits& limits;
  Trace& out;
  std::vector<bool> event_seen;
  std::vector<bool> thing_listed;
};

void TraceIndex::spread(Walk& walk, const std::vector<std::uint32_t>& starts, Direction direction) const {
  struct Stop {
    std::uint32_t thing = 0;
    std::uint32_t depth = 0;
    bool from_unit = false;  // reached as the content of a unit: does not lead back into other units' contents
    bool from_content = false;
  };
  std::vector<bool> seen(names_.size(), false);
  std::deque<Stop> open;
  for (const std::uint32_t start : starts) {
    open.push_back(Stop{start, 0, false, false});
    seen[start] = true;
  }
  while (!open.empty()) {
    const Stop stop = open.front();
    open.pop_front();
    if (!walk.thing_listed[stop.thing]) {
      walk.thing_listed[stop.thing] = true;
      walk.out.things.emplace_back(names_[stop.thing]);
    }
    for (const Edge& touch : events_of_[stop.thing]) {
      if (!walk.event_seen[touch.other]) {
        if (walk.out.steps.size() >= walk.limits.events) {
          walk.out.cut = true;
          return;
        }
        walk.event_seen[touch.other] = true;
        walk.out.steps.push_back(TraceStep{touch.other, stop.depth == 0 ? Direction::Start : direction, stop.depth});
      }
      // The box of a recalled lot is reached, but not the other lots of the box: they are not recalled for being near.
      if (touch.part == Part::Parent && stop.from_content) continue;
      if (touch.part == Part::Child && stop.from_unit) continue;
      for (const Edge& next : things_of_[touch.other]) {
        if (!follows(touch.part, next.part, direction) || seen[next.other]) continue;
        if (stop.depth >= walk.limits.depth) {
          walk.out.cut = true;
          continue;
        }
        seen[next.other] = true;
        open.push_back(Stop{next.other, stop.depth + 1, next.part == Part::Child, next.part == Part::Parent});
      }
    }
  }
}

Trace TraceIndex::walk(std::string_view lot, const TraceLimits& limits) const {
  Trace out;
  auto start = numbers_.find(canonical_id(lot));
  if (start == numbers_.end()) start = numbers_.find("transaction:" + std::string(lot));
  if (start == numbers_.end()) return out;
  Walk walk{limits, out, std::vector<bool>(count_, false), std::vector<bool>(names_.size(), false)};
  // A shipment is traced as everything that was in it.
  std::vector<std::uint32_t> starts{start->second};
  if (names_[start->second].starts_with("transaction:")) {
    for (const Edge& touch : events_of_[start->second]) {
      for (const Edge& thing : things_of_[touch.other]) {
        if (!names_[thing.other].starts_with("transaction:")) starts.push_back(thing.other);
      }
    }
    std::sort(starts.begin() + 1, starts.end());
    starts.erase(std::unique(starts.begin() + 1, starts.end()), starts.end());
  }
  // What both find, such as the way of a unit that holds the lot, counts as where it went.
  spread(walk, starts, Direction::Downstream);
  spread(walk, starts, Direction::Upstream);
  std::stable_sort(out.steps.begin(), out.steps.end(),
                   [&](const TraceStep& a, const TraceStep& b) { return times_[a.event] < times_[b.event]; });
  return out;
}

}  // namespace sekisho::schemas::epcis
