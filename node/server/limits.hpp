// Every number of a listener, with its reason.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/http/framing.hpp"

namespace sekisho::node {

struct ServerLimits {
  std::chrono::milliseconds handshake{5'000};  // a TLS 1.3 handshake is one round trip; more is a stalled stranger
  std::chrono::milliseconds header{10'000};    // from the first octet of a request to the end of its head
  std::chrono::milliseconds body{30'000};      // the whole request body
  std::chrono::milliseconds idle{60'000};      // between two requests of a kept-alive connection
  std::chrono::milliseconds write{30'000};     // one answer, or one chunk of a streamed one
  std::chrono::milliseconds goodbye{2'000};  // close_notify and FIN, while octets are unread that a reset would punish
  std::chrono::milliseconds parting{100};    // the same where nothing is unread
  std::chrono::milliseconds tick{250};       // how often a worker looks for late connections

  std::size_t connections = 4'096;         // of the listener; over it the newest is closed unread
  std::size_t connections_per_peer = 512;  // of one address; Unix sockets have only the first limit
  std::size_t bodies = 256U << 20;         // octets of request bodies in memory; over it 503 before a body is read
  http::HeadLimits head;                   // 16 KiB, 100 fields: twice the largest evidence header block
  std::size_t drop_after_refusal =
      8U << 20;  // octets of a refused body that are read and dropped before closing, within `goodbye`
};

}  // namespace sekisho::node
