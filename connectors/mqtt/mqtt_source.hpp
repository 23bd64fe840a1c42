// The manifest of an MQTT source.
//
//   {"kind": "mqtt", "host": "broker.example", "port": 8883, "topics": ["farm/+/temperature"], "client_id":
//   "farm-node",
//    "qos": 1, "version": 5, "user": "node", "secret": "broker", "ca": "ca.pem", "cert": "node.pem", "key": "node.key",
//    "window": 256, "wrap": true, "schema": {…}}
//
// Required: host, topics, client_id (the broker keeps what is unread under it and a reader's name, mqtt_connector.hpp). Without "ca"
// there is no TLS, which is allowed to this machine only. "wrap" makes a record {"topic": …, "reading": …} of a
// message; without it the message is the record as it is. Publishers must use QoS 1 or 2, or nothing is guaranteed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/core/json.hpp"

namespace sekisho::connectors {

struct MqttSource {
  std::string host;
  std::uint16_t port = 0;  // filled in: 8883 with TLS, else 1883
  std::vector<std::string> topics;
  std::string client_id;
  int version = 5;  // 5, or 4 for MQTT 3.1.1
  std::string user;
  std::string secret;  // its name
  std::string ca;
  std::string cert;
  std::string key;
  std::uint16_t window = 256;
  bool wrap = false;
  Json schema;  // of a record; null: none
};

// Code::JsonShape with the pointer of what is wrong.
[[nodiscard]] Result<MqttSource> parse_mqtt_source(const JsonObject& manifest);

}  // namespace sekisho::connectors
