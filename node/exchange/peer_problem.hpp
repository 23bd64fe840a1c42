// What a peer's problem document means for the client here: a code of our own table passes through with its help; anything
// else is PeerRefused (help "peer_code").
#pragma once

#include "base/core/error.hpp"
#include "base/http/client.hpp"

namespace sekisho::node {

[[nodiscard]] Error error_of_problem(const http::ClientResponse& answer);

}  // namespace sekisho::node
