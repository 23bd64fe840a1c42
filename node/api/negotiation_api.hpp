// The operator's negotiations as consumer: one call from the wish to the agreement.
#pragma once

#include "base/async/task.hpp"
#include "base/http/message.hpp"
#include "node/api/parts.hpp"

namespace sekisho::node {

// POST /negotiations {"provider": DNS name, "dataset": id, "offer"?: Offer object of the provider's catalogue}. Without an
// offer the provider is asked for the dataset and its first offer is taken. Answers when the negotiation has ended:
// {"agreement": id, "digest": SHA-256 hex, "provider", "dataset"}, or the problem with its chain. One that takes longer
// than the listener lets a request take goes on (DEADLINE).
[[nodiscard]] async::Task<http::Response> post_negotiation(const ApiParts& parts, http::Request request);

}  // namespace sekisho::node
