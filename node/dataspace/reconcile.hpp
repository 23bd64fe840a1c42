// What the peer's own word about a process, its answer to a GET, says of a message whose acknowledgement this node has not
// seen, and of a process that waits too long. Pure: no clock, no network. The peer may lie; nothing follows but that this
// node believes its own message delivered, repeats it, or ends the process.
#pragma once

#include <cstdint>

#include "policy/negotiation_fsm.hpp"
#include "policy/transfer_fsm.hpp"

namespace sekisho::node {

enum class Verdict : std::uint8_t {
  Arrived,     // the peer is where the message leads, or beyond by messages of its own
  NotArrived,  // it is where it was before: repeat
  Ended,       // it has ended the process: the message can have no effect any more
  Unusable,    // a state that cannot be: as if it had not answered
};

// own: the state of this node, before or (an end that holds at once) after the message; self: its role.
[[nodiscard]] Verdict judge_pending(policy::NegotiationState own, policy::NegotiationMessage pending, policy::Party self,
                                    policy::NegotiationState peer);
[[nodiscard]] Verdict judge_pending(policy::TransferState own, policy::TransferMessage pending, policy::Party self,
                                    policy::TransferState peer);

}  // namespace sekisho::node
