// The last look at a message before it leaves: what this node's own strict parsers would refuse from a peer, it does
// not send. A defect of a writer, or a damaged row of the outbox, is then an error of this node and no riddle for the
// peer. Pure; some ten microseconds a message.
#pragma once

#include <string_view>

#include "base/core/result.hpp"

namespace sekisho::node {

// Internal, caused by what the parser says; the message is named by its "@type".
[[nodiscard]] Status check_outgoing(std::string_view body);

}  // namespace sekisho::node
