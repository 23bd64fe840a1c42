#include "connectors/mqtt/mqtt_record.hpp"

#include <algorithm>

#include "base/core/json.hpp"
#include "base/core/limits.hpp"

namespace sekisho::connectors {

Result<std::string> mqtt_record(const MqttMessage& message, bool wrap) {
  Result<Json> document = parse_json(
      message.payload,
      {.bytes = limits::kRecordBytes / 2, .depth = limits::kRecordDepth - 1, .values = limits::kRecordValues});
  if (!document) return fail(document.error());
  if (!document->is_object()) return fail(Code::JsonShape, "a reading must be an object");
  std::string line = message.payload;
  // Strict JSON has line breaks between tokens only.
  std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  if (wrap) line = "{\"topic\":" + sekisho::to_text(Json(message.topic)) + ",\"reading\":" + line + "}";
  line += '\n';
  return line;
}

}  // namespace sekisho::connectors
