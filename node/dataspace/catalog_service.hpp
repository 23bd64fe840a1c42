// Catalogues: the provider's two routes, and what a consumer asks of a peer's.
#pragma once

#include <string>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "base/http/message.hpp"
#include "node/catalog/catalog.hpp"
#include "node/dataspace/peer_client.hpp"

namespace sekisho::node {

// POST /catalog/request and GET /catalog/datasets/{id}; errors are CatalogError documents.
[[nodiscard]] http::Response on_catalog_request(const Catalog& catalog, const trust::PeerIdentity& peer, std::string_view body);
[[nodiscard]] http::Response on_dataset(const Catalog& catalog, const trust::PeerIdentity& peer, std::string_view id);

// The peer's whole Catalog document, its shape checked as far as it is used. peers outlives the task. At most 1 MiB.
[[nodiscard]] async::Task<Result<Json>> fetch_catalog(PeerChannel& peers, std::string dns, async::Deadline deadline);
// One Dataset document. DatasetUnknown where the peer says 404.
[[nodiscard]] async::Task<Result<Json>> fetch_dataset(PeerChannel& peers, std::string dns, std::string dataset, async::Deadline deadline);

// The offers (complete ODRL Offer objects) of a Dataset document.
[[nodiscard]] Result<std::vector<Json>> offers_of(const Json& dataset);

}  // namespace sekisho::node
