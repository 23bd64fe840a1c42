// Where a network source is, and what may call it.
#pragma once

#include <memory>
#include <string>

#include "base/core/result.hpp"
#include "base/http/client.hpp"
#include "base/http/url.hpp"
#include "connectors/connector.hpp"

namespace sekisho::connectors {

// As the egress list spells it: "host:port", "[::1]:port".
[[nodiscard]] std::string host_port(const http::Url& url);

// Code::Forbidden, naming host and port, when they are not on the list.
[[nodiscard]] Status on_egress_list(const http::Url& url, const Context& context);

// A source with roots of its own (`ca`, a PEM file) gets a client of its own; the others share the host's.
[[nodiscard]] Result<std::shared_ptr<http::Client>> client_for(const std::string& ca, const Context& context);

}  // namespace sekisho::connectors
