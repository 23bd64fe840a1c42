// The auditors' routes of the service listener.
//
//   POST /v1/audit/query    {filter}  → NDJSON: one line for each entry with envelope and proof, at last one line that says
//                                       what the answer is worth; an ACCESS entry before the first page tells the question,
//                                       one after the last what was read
//   POST /v1/audit/export   {filter}  → NDJSON: {"name", "data" (base64)} for each member that this node adds to a bundle,
//                                       at last {"members": n}
// The publisher publishes what is durable first, so that an entry that was answered is always found with its proof.
#pragma once

#include "base/async/task.hpp"
#include "base/http/message.hpp"
#include "node/api/parts.hpp"

namespace sekisho::node {

[[nodiscard]] async::Task<http::Response> audit_query(const ApiParts& parts, http::Request request);
[[nodiscard]] async::Task<http::Response> audit_export(const ApiParts& parts, http::Request request);

}  // namespace sekisho::node
