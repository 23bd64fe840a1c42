// Inside base/http only: a request onto a connection, and the head of its answer.
#pragma once

#include <string>

#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "base/http/client.hpp"
#include "base/http/client_connection.hpp"
#include "base/http/head.hpp"

namespace sekisho::http {

// Head and body as they go out. Code::InvalidArgument for a method, target or field that HTTP cannot carry, and for
// the fields that are the client's own (Host, Content-Length, Transfer-Encoding, Connection).
[[nodiscard]] Result<std::string> write_request(const ClientRequest& request);

// Sends and reads the final answer's head; informational ones are skipped, 101 is refused. When sending fails the
// answer is still looked for: a server that refuses a large body answers before it has read it.
async::Task<Result<ResponseHead>> exchange_heads(ClientConnection& connection, const ClientRequest& request,
                                                 const std::string& wire_text);

}  // namespace sekisho::http
