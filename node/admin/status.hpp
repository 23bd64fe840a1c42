// `sekisho status`: one JSON object that says how the node is.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/audit/publisher.hpp"
#include "node/identity/local_identity.hpp"
#include "node/identity/trust_holder.hpp"
#include "node/journal/journal.hpp"

namespace sekisho::node {

struct StatusParts {
  const LocalIdentity& self;
  const TrustHolder& trust;
  const Journal& journal;
  const Storage& storage;
  const Publisher& publisher;
  std::function<std::size_t()> agreements;  // how many there are
  const SystemClock& clock;
  std::function<JsonArray()> sources = {};  // how those that were used are
};

[[nodiscard]] Result<JsonObject> node_status(const StatusParts& parts);

// Problems that an operator should act on now; empty when the node is healthy. What /healthz answers 503 for.
[[nodiscard]] std::vector<std::string> alarms(const StatusParts& parts);

}  // namespace sekisho::node
