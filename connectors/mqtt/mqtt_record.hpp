// A message as a record: one line of JSON.
#pragma once

#include <string>

#include "base/core/result.hpp"
#include "connectors/mqtt/mqtt_session.hpp"

namespace sekisho::connectors {

// The payload as it came (line breaks between tokens become spaces), or {"topic": …, "reading": payload}; with the
// newline. Refused: what is no strict JSON object, and what is over a record's limits.
[[nodiscard]] Result<std::string> mqtt_record(const MqttMessage& message, bool wrap);

}  // namespace sekisho::connectors
