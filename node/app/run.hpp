// `sekishod NODE.yaml`: serves until SIGINT or SIGTERM; a second signal skips the grace period.
#pragma once

#include "base/core/result.hpp"
#include "node/config/settings.hpp"

namespace sekisho::node {

[[nodiscard]] Status run_node(Settings settings);

}  // namespace sekisho::node
