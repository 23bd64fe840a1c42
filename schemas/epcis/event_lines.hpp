// Events out of octets as they arrive: one event, or one document, on each line (NDJSON).
//
// A line that is no EPCIS 2.0 is counted and passed over; what a trace does not read of an event (extensions, ilmd,
// people) is dropped at once, so that many events fit into memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/epcis/document.hpp"

namespace sekisho::schemas::epcis {

struct EventLimits {
  std::size_t events = 200'000;
  std::size_t bytes = 256U << 20;
  std::size_t line = 16U << 20;
};

// Keeps of event.source only a foreign type's name and the sensor elements.
void slim(Event& event);

class EventLines {
 public:
  explicit EventLines(const EventLimits& limits = {}) : limits_(limits) {}

  // Any cut of the text. Code::LimitExceeded: more comes than is taken; what was read before stays.
  [[nodiscard]] Status feed(std::string_view text);
  [[nodiscard]] Status finish();  // a last line without its end

  [[nodiscard]] std::vector<Event> take();  // what was read since the last take()
  [[nodiscard]] std::size_t unreadable() const { return unreadable_; }

 private:
  Status line(std::string_view text);

  EventLimits limits_;
  std::string rest_;
  std::vector<Event> events_;
  std::size_t bytes_ = 0, count_ = 0, unreadable_ = 0;
};

}  // namespace sekisho::schemas::epcis
