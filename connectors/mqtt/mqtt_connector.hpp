// A source that is a subscription at an MQTT broker: readings without end, each a JSON object.
//
// The broker keeps the position (persistent session under a client id), so there is no cursor: every open goes on with
// what was never acknowledged. The id is the manifest's, and "-" with the reader's name where one is given: each reader
// has a session, which begins with its first open and stays at the broker until somebody removes it there. A second
// reader of one name beside the first has an id with a number and no lasting session: it gets what comes while it runs,
// and nothing is kept for it. A read acknowledges what the reads before it returned, acknowledge()
// what all of them did. A broker that is gone is waited for with idle batches; health() names what happened.
#pragma once

#include "connectors/connector.hpp"
#include "connectors/mqtt/mqtt_source.hpp"

namespace sekisho::connectors {

inline constexpr Spec kMqttSpec{"mqtt", "readings of an MQTT broker, QoS 1", true};

// Code::Forbidden when the manifest's host and port are not on the list.
[[nodiscard]] Result<std::unique_ptr<Connector>> make_mqtt_connector(const MqttSource& source, const Context& context);

}  // namespace sekisho::connectors
