// What the listeners' pipelines report, as metrics and, for what the server itself refused, as log lines.
#pragma once

#include "base/core/metrics.hpp"
#include "node/server/pipeline.hpp"

namespace sekisho::node {

// metrics outlives the observer.
[[nodiscard]] Observer observer(Metrics& metrics);

}  // namespace sekisho::node
