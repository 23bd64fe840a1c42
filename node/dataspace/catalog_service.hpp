// Catalogues: the provider's routes, and what a consumer asks of a peer's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "base/http/message.hpp"
#include "node/catalog/catalog.hpp"
#include "node/dataspace/peer_client.hpp"

namespace sekisho::node {

inline constexpr std::string_view kCatalogTarget = "/dsp/2025-1/catalog/request";

// POST /catalog/request, and GET on the links that it gives (RFC 8288: next, previous; EDC's prev too). The query takes
// limit (1 … 1000, default 100), continuationToken and, for GET, filter. Answers carry an ETag of their text, 304 when
// it is known, and gzip where the peer accepts it. Errors are CatalogError documents.
[[nodiscard]] http::Response on_catalog_request(const Catalog& catalog, const trust::PeerIdentity& peer,
                                                const http::Request& request, Instant now);
// GET /catalog/datasets/{id}.
[[nodiscard]] http::Response on_dataset(const Catalog& catalog, const trust::PeerIdentity& peer, std::string_view id,
                                        Instant now);

// One page of a peer's catalogue.
struct CatalogQuestion {
  std::string target = std::string(kCatalogTarget);  // or what a page before named as next
  JsonArray filter;
  std::string etag;  // of the same page, seen before
};
struct CatalogAnswer {
  bool unchanged = false;  // 304: nothing else is set
  Json document;           // Catalog, its shape checked as far as it is used
  std::string next;        // target of the next page; empty: the last
  std::string etag;
  Digest certificate{};    // SHA-256 of the TLS certificate that answered
  std::size_t octets = 0;
};
// peers outlives the task. At most 1 MiB a page. PeerRefused for links that lead elsewhere than to the peer's own
// catalogue.
[[nodiscard]] async::Task<Result<CatalogAnswer>> fetch_catalog_page(PeerChannel& peers, std::string dns,
                                                                    CatalogQuestion question, async::Deadline deadline);

// The peer's whole catalogue as one document, up to 8 MiB; LimitExceeded beyond (ask with a filter).
[[nodiscard]] async::Task<Result<Json>> fetch_catalog(PeerChannel& peers, std::string dns, JsonArray filter,
                                                      async::Deadline deadline);
// One Dataset document. DatasetUnknown where the peer says 404.
[[nodiscard]] async::Task<Result<Json>> fetch_dataset(PeerChannel& peers, std::string dns, std::string dataset,
                                                      async::Deadline deadline);

// The offers (complete ODRL Offer objects) of a Dataset document.
[[nodiscard]] Result<std::vector<Json>> offers_of(const Json& dataset);

// The target of rel="next" in Link fields (RFC 8288) when it lies under the catalogue of https://<dns>: a path with
// query. Empty without one; PeerRefused when it leads elsewhere.
[[nodiscard]] Result<std::string> next_target(const http::Headers& headers, std::string_view dns);

}  // namespace sekisho::node
