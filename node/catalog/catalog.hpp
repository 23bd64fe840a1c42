// What this node offers and to whom: an immutable state that admin's apply replaces as a whole after its unit of work is
// durable. Readers take state() once and use it to the end of their request.
//
// Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/catalog/catalog_index.hpp"
#include "node/catalog/objects.hpp"
#include "node/journal/ports/storage.hpp"
#include "policy/admission.hpp"
#include "policy/ir.hpp"
#include "policy/view.hpp"
#include "schemas/json_schema/json_schema.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::node {

// An offer that passed admission: the complete ODRL Offer ("@id", "@type", no target), what it means, and the digest of that.
struct Offer {
  OfferObject object;
  Json document;
  policy::PolicyIr ir;
  Digest rules{};  // the comparison of A14
};

struct Dataset {
  DatasetObject object;
  std::shared_ptr<const policy::View> view;           // null: every member passes
  std::shared_ptr<const schemas::JsonSchema> schema;  // of what leaves; null: none
  std::vector<std::shared_ptr<const Offer>> offers;
};

struct CatalogState {
  std::map<std::string, SourceObject, std::less<>> sources;
  std::map<std::string, std::shared_ptr<const Dataset>, std::less<>> datasets;
  std::map<std::string, std::shared_ptr<const Offer>, std::less<>> offers;
  std::map<std::string, ClientObject, std::less<>> clients;

  [[nodiscard]] std::shared_ptr<const Dataset> dataset(std::string_view id) const;
  [[nodiscard]] std::shared_ptr<const Offer> offer(std::string_view id) const;
  // By SHA-256 of the bearer token; null when unknown.
  [[nodiscard]] const ClientObject* client(const Digest& token_sha256) const;

  std::unordered_map<Digest, std::string, DigestHash> client_by_token;
};

struct CatalogObjects {
  std::vector<SourceObject> sources;
  std::vector<DatasetObject> datasets;
  std::vector<OfferObject> offers;
  std::vector<ClientObject> clients;
};

// Checks references (dataset → source, offer → dataset), views and the admission of each policy. PolicyRefused carries the
// admission report in its help; InvalidArgument names a dangling or doubled reference.
[[nodiscard]] Result<std::shared_ptr<const CatalogState>> build_catalog(CatalogObjects objects,
                                                                        const policy::AdmissionOptions& admission = {});

// All objects of the four families.
[[nodiscard]] Result<CatalogObjects> load_objects(const Storage& storage);

// Whether this peer may know of an offer: whether what it permits is for the peer at any time. That an offer has ended is no
// secret of those it was for; they are told so.
[[nodiscard]] bool visible(const Offer& offer, const trust::PeerIdentity& peer);

class Catalog {
 public:
  // did, dns: of this node.
  Catalog(std::string did, std::string dns);

  [[nodiscard]] std::shared_ptr<const CatalogState> state() const;
  void replace(std::shared_ptr<const CatalogState> state);
  // From storage; on error the old state stays. Offers that have expired meanwhile are kept: they grant nothing.
  [[nodiscard]] Status load(const Storage& storage);

  // The same state as documents of the Dataspace Protocol.
  [[nodiscard]] std::shared_ptr<const CatalogIndex> index() const;
  [[nodiscard]] const std::string& did() const { return did_; }
  [[nodiscard]] const std::string& dns() const { return dns_; }

 private:
  const std::string did_;
  const std::string dns_;
  mutable std::mutex mutex_;
  std::shared_ptr<const CatalogState> state_;
  std::shared_ptr<const CatalogIndex> index_;
};

}  // namespace sekisho::node
