// The connector of a declarative HTTP source (source_plan.hpp).
#pragma once

#include "connectors/connector.hpp"
#include "connectors/http/source_plan.hpp"

namespace sekisho::connectors {

inline constexpr Spec kHttpPlanSpec{"http", "declared HTTP streams: pages, tokens, JSON, CSV, GeoJSON", true};

// Forbidden when a host of the plan is not on the egress list. `context` outlives the connector.
[[nodiscard]] Result<std::unique_ptr<Connector>> make_plan_connector(const HttpPlan& plan, const Context& context);

}  // namespace sekisho::connectors
