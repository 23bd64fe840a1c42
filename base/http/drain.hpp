// Inside base/http only: the end of a connection that both kinds of stream share.
#pragma once

#include <cstddef>

#include "base/async/task.hpp"
#include "base/http/socket_handle.hpp"

namespace sekisho::http {

// FIN, then reads and drops up to `most` octets until the peer's FIN.
async::Task<void> say_goodbye(GenericSocket& socket, std::size_t most);

// Nothing to read and not closed by the peer.
[[nodiscard]] bool is_quiet(const GenericSocket& socket);

// Closed or reset by the peer, or by us.
[[nodiscard]] bool is_gone(const GenericSocket& socket);

}  // namespace sekisho::http
