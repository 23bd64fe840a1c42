#include "node/dataspace/timeline.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "node/dataspace/fields.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMostEvents = 32;
constexpr std::array<std::string_view, 4> kSources{"own", "out", "in", "failed"};
constexpr std::array<std::string_view, 8> kNegotiation{"",          "request",      "offer",     "accepted",
                                                       "agreement", "verification", "finalized", "termination"};
constexpr std::array<std::string_view, 6> kTransfer{"", "request", "start", "suspension", "completion", "termination"};

// Flat, because a row is written at every step: [microseconds, source, what, state, code].
Json event_row(const ProcessEvent& event) {
  return JsonArray{event.at.time_since_epoch().count(), source_name(event.source), event.what, event.state, event.code};
}

Result<ProcessEvent> event_from_row(const Json& row) {
  const bool sound = row.is_array() && row.get_array().size() == 5 && row.get_array()[0].is_int64() &&
                     std::ranges::count_if(row.get_array(), [](const Json& part) { return part.is_string(); }) == 4;
  if (!sound) return shape_error("/timeline", "holds something else than events");
  const JsonArray& parts = row.get_array();
  const auto text = [&parts](std::size_t i) { return std::string(parts[i].get_string()); };
  const auto source = std::ranges::find(kSources, text(1));
  if (source == kSources.end()) return shape_error("/timeline", "knows an unknown source");
  ProcessEvent event;
  event.at = Instant(std::chrono::microseconds(parts[0].get_int64()));
  event.source = static_cast<ProcessEvent::Source>(source - kSources.begin());
  event.what = text(2);
  event.state = text(3);
  event.code = text(4);
  return event;
}

}  // namespace

std::string_view source_name(ProcessEvent::Source source) { return kSources.at(static_cast<std::size_t>(source)); }

void Timeline::note(ProcessEvent event) {
  events_.push_back(std::move(event));
  if (events_.size() > kMostEvents) events_.erase(events_.begin() + 1);
}

JsonArray Timeline::to_row() const {
  JsonArray row;
  for (const ProcessEvent& event : events_) row.push_back(event_row(event));
  return row;
}

Result<Timeline> Timeline::from_row(const JsonArray& row) {
  Timeline timeline;
  for (const Json& entry : row) {
    Result<ProcessEvent> event = event_from_row(entry);
    if (!event) return fail(event.error());
    timeline.note(std::move(*event));
  }
  return timeline;
}

std::string_view entered_by(policy::NegotiationState state) { return kNegotiation.at(static_cast<std::size_t>(state)); }

std::string_view entered_by(policy::TransferState state) { return kTransfer.at(static_cast<std::size_t>(state)); }

}  // namespace sekisho::node
