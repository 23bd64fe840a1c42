// Small things that every handler needs.
#pragma once

#include <string>

#include "base/core/json.hpp"
#include "base/http/message.hpp"
#include "base/http/problem.hpp"
#include "node/server/route.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::node {

// Of a route with Access::participant(), where the pipeline made sure that there is one.
[[nodiscard]] const trust::PeerIdentity& participant(const http::Request& request);

// Of a route that asks for a client: whether it may look at what others of this node made.
[[nodiscard]] bool may_audit(const http::Request& request);

// Wraps a function that needs no waiting.
[[nodiscard]] Handler plain(std::function<http::Response(const http::Request&)> work);

[[nodiscard]] http::Response refuse(const http::Request& request, const Error& error);
// On the operator's socket: with the whole chain, not the coarse answer of a peer.
[[nodiscard]] http::Response refuse_operator(const http::Request& request, const Error& error);
[[nodiscard]] http::Response json(const JsonObject& object, int status = 200);

// Exactly the named parameters may stand in the query, each at most once. Code::InvalidArgument names another.
[[nodiscard]] Result<std::map<std::string, std::string>> query_of(const http::Request& request,
                                                                  std::initializer_list<std::string_view> names);

// A JSON object body with its content type.
[[nodiscard]] Result<JsonObject> object_of(const http::Request& request);

}  // namespace sekisho::node
