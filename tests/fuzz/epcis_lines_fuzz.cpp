// Event lines of foreign providers, cut anywhere: the same events as from the whole text, and a report of them.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "schemas/epcis/event_lines.hpp"
#include "schemas/epcis/trace_report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho::schemas::epcis;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t cut = text.empty() ? 0 : data[0] % text.size();
  EventLines whole;
  EventLines parts;
  if (!whole.feed(text) || !whole.finish() || !parts.feed(text.substr(0, cut)) || !parts.feed(text.substr(cut)) ||
      !parts.finish())
    return 0;
  TraceEvents all;
  all.parts.resize(1);
  all.add(0, whole.take());
  if (parts.take().size() != all.events.size() || parts.unreadable() != whole.unreadable()) std::abort();
  if (!all.events.empty() && !all.events[0].epcs.empty()) static_cast<void>(trace_report(all, all.events[0].epcs[0]));
  return 0;
}
