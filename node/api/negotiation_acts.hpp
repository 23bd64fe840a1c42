// The operator's decisions about single negotiations: offers that were made to this node, and offers that it makes.
#pragma once

#include <vector>

#include "node/api/parts.hpp"
#include "node/server/route.hpp"

namespace sekisho::node {

// GET  /negotiations[?ended=true]              {"negotiations": [NegotiationService::list()]}
// GET  /negotiations/{negotiation}             with the terms, as ODRL and in words
// POST /negotiations/offers                    {"peer": DNS name, "offer": id of a published offer}: proposes it
// POST /negotiations/{negotiation}/accept      the offer that waits, as it lies there
// POST /negotiations/{negotiation}/counter     {"offer": id, "dataset"?: id}: asks for another published offer instead
// POST /negotiations/{negotiation}/refuse      ends it; the peer is told
// The last four answer the negotiation as GET shows it.
[[nodiscard]] std::vector<Route> negotiation_routes(const ApiParts& parts);

}  // namespace sekisho::node
