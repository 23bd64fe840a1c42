// The table of the Dataspace Protocol 2025-1 with its version document: the same for the peer listener of a node and for the
// laboratory of tests/conformance/dsp, which knows its caller by another way.
#pragma once

#include <functional>
#include <vector>

#include "base/core/clock.hpp"
#include "node/catalog/catalog.hpp"
#include "node/dataspace/negotiation_service.hpp"
#include "node/dataspace/transfer_service.hpp"
#include "node/server/route.hpp"

namespace sekisho::node {

// References only; all outlive the routes.
struct DspParts {
  const Catalog& catalog;
  NegotiationService& negotiations;
  TransferService& transfers;
  const Clock& clock;
};

// Who asks; called only where `access` let the request pass.
using Caller = std::function<const trust::PeerIdentity&(const http::Request&)>;

[[nodiscard]] std::vector<Route> dsp_routes(DspParts parts, const Access& access, const Caller& caller);

}  // namespace sekisho::node
