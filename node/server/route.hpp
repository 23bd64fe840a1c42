// A route: what is served, to whom, how much of it. A route without an access rule does not compile.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/async/task.hpp"
#include "base/http/message.hpp"

namespace sekisho::node {

// Who a bearer token of the service listener belongs to.
struct ClientIdentity {
  std::string id;
  std::set<std::string> scopes;  // "data", "audit"
};

// No default constructor on purpose: every row of a route table states its rule.
class Access {
 public:
  enum class Kind : unsigned char { Open, Participant, Client, OperatorSocket };

  // reason: why anybody may; the security page lists it.
  [[nodiscard]] static Access open(std::string_view reason) { return {Kind::Open, reason}; }
  // A client certificate that the judge accepted.
  [[nodiscard]] static Access participant() { return {Kind::Participant, {}}; }
  // A bearer token whose client has the scope.
  [[nodiscard]] static Access client(std::string_view scope) { return {Kind::Client, scope}; }
  // A bearer token of any client; the handler looks at its scopes.
  [[nodiscard]] static Access any_client() { return {Kind::Client, {}}; }
  // A Unix socket, its peer of this process's user or root.
  [[nodiscard]] static Access operator_socket() { return {Kind::OperatorSocket, {}}; }

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] const std::string& reason() const { return text_; }  // of Open
  [[nodiscard]] const std::string& scope() const { return text_; }   // of Client; empty: any

 private:
  Access(Kind kind, std::string_view text) : kind_(kind), text_(text) {}
  Kind kind_;
  std::string text_;
};

// The request is moved in; it is complete and within the route's limit. Runs on the connection's worker: what blocks
// goes through run_blocking. An exception becomes 500 INTERNAL.
using Handler = std::function<async::Task<http::Response>(http::Request)>;

struct Route {
  std::string_view method;   // upper case
  std::string_view pattern;  // "/dsp/2025-1/catalog/datasets/{id}"; {name} is one segment, {name*} the rest (≥ 1)
  Access access;
  std::size_t body_limit;    // octets of the request body; 0: none may come
  std::string_view summary;  // one line for OpenAPI and the security page
  Handler handler;
};

// Of routes with Access::client, else null.
[[nodiscard]] inline std::shared_ptr<const ClientIdentity> client_of(const http::Request& request) {
  return std::static_pointer_cast<const ClientIdentity>(request.caller);
}

}  // namespace sekisho::node
