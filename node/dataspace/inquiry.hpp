// What a peer's answer to a GET of a process says of it. Internal to this room.
#pragma once

#include <chrono>

#include "node/dataspace/negotiation.hpp"
#include "node/dataspace/outbox.hpp"
#include "node/dataspace/transfer.hpp"

namespace sekisho::node {

// A peer's answer to a message or a question, read as the document of its process.
[[nodiscard]] Result<ProcessDocument> document_of(const Negotiation& process, std::string_view body);
[[nodiscard]] Result<ProcessDocument> document_of(const Transfer& process, std::string_view body);

// Of the pending message. Without one: Ended, or Arrived where the peer has gone on by a message that did not come, and
// this node can follow: a consumer that has verified to FINALIZED (both have sealed the agreement), a running transfer
// to SUSPENDED. Ended: the peer has ended the process (help "state" of the error), or knows none of that id. Whatever
// cannot be this peer's word about this process (HTML, other pids, an unknown state) is Unusable.
[[nodiscard]] OutboxFinding judge_answer(const Negotiation& process, const http::ClientResponse& answer);
[[nodiscard]] OutboxFinding judge_answer(const Transfer& process, const http::ClientResponse& answer);

// How long after it was first asked for a process goes on when the peer tells no end of it. Only a consumer that has
// verified waits: at its own deadline the provider takes the agreement for final, and this side must not have ended it
// then.
[[nodiscard]] std::chrono::hours outwait(const Negotiation& process);
[[nodiscard]] std::chrono::hours outwait(const Transfer& process);

}  // namespace sekisho::node
