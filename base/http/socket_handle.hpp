// Inside base/http only: what a Socket holds. One generic socket type serves TCP and Unix sockets, so that streams
// exist once.
#pragma once

#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <sys/types.h>

#include "base/http/socket.hpp"

namespace sekisho::http {

using GenericSocket = boost::asio::generic::stream_protocol::socket;

struct Socket::Handle {
  GenericSocket socket;
};

// Asio's error as ours, naming what was done.
[[nodiscard]] Error socket_error(const boost::system::error_code& ec, const std::string& what);

}  // namespace sekisho::http
