// Which client id a reader uses at a broker: a broker ends the older of two connections of one id, so every reader that
// runs has an id of its own.
//
// Thread-safe; one table for the process, because a manifest that changes makes a new connector while readers of the
// old one still run.
#pragma once

#include <memory>
#include <string>

namespace sekisho::connectors {

struct MqttClientId {
  std::string text;
  // The broker keeps a session under it. Not of a second reader that runs beside the first: its id is free again when it
  // ends, and a session would fill up at the broker for nobody.
  bool lasting = true;
  std::shared_ptr<const void> held;  // taken as long as this lives
};

// broker: host and port. reader: whose position it is, OpenRequest::reader; empty: the id is the manifest's own.
[[nodiscard]] MqttClientId take_client_id(const std::string& broker, const std::string& manifest_id,
                                          const std::string& reader);

}  // namespace sekisho::connectors
