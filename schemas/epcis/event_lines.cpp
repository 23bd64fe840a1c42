#include "schemas/epcis/event_lines.hpp"

#include <algorithm>
#include <utility>

namespace sekisho::schemas::epcis {

void slim(Event& event) {
  JsonObject kept;
  for (const char* name : {"type", "sensorElementList"}) {
    Json* value = event.source.if_contains(name);
    if (value != nullptr && (*name == 's' || event.type == EventType::Extended)) kept[name] = std::move(*value);
  }
  event.source = std::move(kept);
}

Status EventLines::line(std::string_view text) {
  if (text.find_first_not_of(" \t\r") == std::string_view::npos) return {};
  auto json = parse_json(text, JsonLimits{limits_.line, 32, 2'000'000});
  auto document = json ? read_document(std::move(*json)) : Result<Document>(fail(json.error()));
  if (!document) {
    ++unreadable_;
    return {};
  }
  for (Event& event : document->events) {
    if (count_ >= limits_.events) return fail(Code::LimitExceeded, "more events than a trace takes");
    ++count_;
    slim(event);
    events_.push_back(std::move(event));
  }
  return {};
}

Status EventLines::feed(std::string_view text) {
  bytes_ += text.size();
  if (bytes_ > limits_.bytes) return fail(Code::LimitExceeded, "more octets than a trace takes");
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    Status taken;
    if (rest_.empty()) {
      taken = line(text.substr(0, end));
    } else {
      rest_ += text.substr(0, end);
      taken = line(rest_);
      rest_.clear();
    }
    if (!taken) return taken;
    text.remove_prefix(end + 1);
  }
  if (rest_.size() + text.size() > limits_.line) return fail(Code::LimitExceeded, "a line is too long");
  rest_ += text;
  return {};
}

Status EventLines::finish() { return line(std::exchange(rest_, {})); }

std::vector<Event> EventLines::take() { return std::exchange(events_, {}); }

}  // namespace sekisho::schemas::epcis
