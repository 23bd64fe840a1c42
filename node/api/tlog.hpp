// The public logs of the node, closed ones too (C2SP tlog-tiles): checkpoint and hash tiles. Entries are for auditors,
// at the service listener.
#pragma once

#include "base/async/task.hpp"
#include "base/http/message.hpp"
#include "node/api/parts.hpp"

namespace sekisho::node {

[[nodiscard]] async::Task<http::Response> tlog_checkpoint(const ApiParts& parts, http::Request request);
[[nodiscard]] async::Task<http::Response> tlog_tile(const ApiParts& parts, http::Request request);

}  // namespace sekisho::node
