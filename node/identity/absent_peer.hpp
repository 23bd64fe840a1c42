// Why there is no node of that name to speak to, as well as the own zone's snapshot can say.
#pragma once

#include <string>

#include "base/core/error.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::node {

// For a name that state->node() does not know; state may be null. RecognitionSuspended where the snapshot lists the node
// in a zone that is suspended, ZoneNotRecognised where the recognition was withdrawn, PeerUnknown for everybody else.
// Names the peer, and the zone where there is one.
[[nodiscard]] Error absent_peer(const trust::TrustState* state, const std::string& dns);

}  // namespace sekisho::node
