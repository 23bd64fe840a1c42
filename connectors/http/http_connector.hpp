// A source that is one HTTP GET, described by a manifest alone: no C++ for a new one.
//
// The host owns everything around it: only hosts on the egress list (exact host:port) are reached, secrets are
// resolved at each open and go nowhere but into their header, redirects are not followed, any status but 200 or another
// media type is SourceFailed, the body is bounded by what the credits give in all.
#pragma once

#include "connectors/connector.hpp"
#include "connectors/source_manifest.hpp"

namespace sekisho::connectors {

inline constexpr Spec kHttpSpec{"http", "one HTTP GET that answers NDJSON", true};

// Code::Forbidden when the manifest's host and port are not on the list.
[[nodiscard]] Result<std::unique_ptr<Connector>> make_http_connector(const HttpSource& source, const Context& context);

}  // namespace sekisho::connectors
