// The trace of a lot over 100 000 events, index and walk together: chains of harvest, packing, shipping and receiving.
#include <fmt/format.h>

#include <chrono>

#include "schemas/epcis/trace.hpp"

namespace {

using namespace sekisho::schemas::epcis;
constexpr int kChains = 20'000;

std::vector<Event> events() {
  std::vector<Event> out;
  const auto make = [&](EventType type, int at) -> Event& {
    Event& event = out.emplace_back();
    event.type = type;
    event.time = sekisho::Instant(std::chrono::seconds(at));
    return event;
  };
  for (int i = 0; i < kChains; ++i) {
    const std::string field = fmt::format("urn:epc:class:lgtin:4012345.012345.F{}", i);
    const std::string lot = fmt::format("urn:epc:class:lgtin:4012345.012346.L{}", i);
    const std::string unit = fmt::format("urn:epc:id:sscc:4012345.{:010}", i / 20);
    make(EventType::Object, i).epcs = {field};
    Event& made = make(EventType::Transformation, i + 1);
    made.inputs = {field};
    // Every lot goes into the next one too, so that one recall is long.
    if (i % 100 != 0) made.inputs.push_back(fmt::format("urn:epc:class:lgtin:4012345.012346.L{}", i - 1));
    made.outputs = {lot};
    Event& packed = make(EventType::Aggregation, i + 2);
    packed.parent = unit;
    packed.children = {lot};
    make(EventType::Object, i + 3).epcs = {unit};
    make(EventType::Object, i + 4).epcs = {unit, lot};
  }
  return out;
}

}  // namespace

int main() {
  const auto all = events();
  const auto begin = std::chrono::steady_clock::now();
  TraceIndex index;
  for (const Event& event : all) index.add(event);
  const auto trace = index.walk(fmt::format("urn:epc:class:lgtin:4012345.012346.L{}", kChains / 2 + 50));
  const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  fmt::print("{{\"events\": {}, \"reached\": {}, \"trace_100k_ms\": {:.1f}}}\n", all.size(), trace.steps.size(), ms);
  return trace.steps.empty() ? 1 : 0;
}
