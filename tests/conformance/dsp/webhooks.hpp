// The two triggers that the DSP TCK asks of a connector under test (2.4 of our notes on the kit): begin a negotiation
// or a transfer with the peer. Answers as soon as the request is durable.
#pragma once

#include <vector>

#include "node/dataspace/negotiation_service.hpp"
#include "node/dataspace/transfer_service.hpp"
#include "node/server/route.hpp"

namespace sekisho::lab {

// All outlive the routes.
[[nodiscard]] std::vector<node::Route> webhook_routes(const node::Profile& profile,
                                                      node::NegotiationService& negotiations,
                                                      node::TransferService& transfers);

}  // namespace sekisho::lab
