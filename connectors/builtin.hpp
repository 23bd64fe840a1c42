// The one table of the kinds of sources that are built in.
#pragma once

#include <memory>
#include <span>

#include "connectors/connector.hpp"
#include "connectors/source_manifest.hpp"

namespace sekisho::connectors {

[[nodiscard]] std::span<const Spec> builtin_kinds();

// The connector of a manifest. `context` outlives it. Code::Forbidden for a host that is not on the allow-list.
[[nodiscard]] Result<std::unique_ptr<Connector>> make_connector(const SourceManifest& manifest,
                                                                const Context& context);

}  // namespace sekisho::connectors
