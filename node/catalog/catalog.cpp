#include "node/catalog/catalog.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "node/catalog/dataset_schema.hpp"
#include "policy/offer.hpp"
#include "policy/terms.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kRecords = "application/x-ndjson";

std::unexpected<Error> dangling(std::string_view kind, std::string_view name, std::string_view what) {
  return fail(Error(Code::InvalidArgument, fmt::format("{} {} {}", kind, name, what)).with("object", std::string(name)));
}

Result<std::shared_ptr<const Dataset>> make_dataset(DatasetObject object) {
  auto dataset = std::make_shared<Dataset>();
  if (object.view) {
    Result<policy::View> view = policy::View::parse(*object.view);
    if (!view) return fail(view.error());
    dataset->view = std::make_shared<const policy::View>(std::move(*view));
  }
  if (object.schema) {
    if (object.media != kRecords) return fail(Code::InvalidArgument, "only records have a schema");
    auto schema = compile_dataset_schema(*object.schema);
    if (!schema) return fail(schema.error());
    dataset->schema = std::move(*schema);
  }
  dataset->object = std::move(object);
  return dataset;
}

Result<std::shared_ptr<const Offer>> make_offer(OfferObject object, const Dataset& dataset, const policy::AdmissionOptions& admission) {
  policy::OfferParts parts;
  parts.id = object.id;
  parts.policy = object.policy;
  if (dataset.view) parts.view = dataset.view->id();
  Result<policy::BuiltOffer> built = policy::build_offer(parts, admission);
  if (!built) return fail(built.error());
  auto offer = std::make_shared<Offer>();
  offer->object = std::move(object);
  offer->document = std::move(built->document);
  offer->rules = built->ir.digest;
  offer->ir = std::move(built->ir);
  return offer;
}

}  // namespace

std::shared_ptr<const Dataset> CatalogState::dataset(std::string_view id) const {
  const auto found = datasets.find(id);
  return found == datasets.end() ? nullptr : found->second;
}

std::shared_ptr<const Offer> CatalogState::offer(std::string_view id) const {
  const auto found = offers.find(id);
  return found == offers.end() ? nullptr : found->second;
}

const ClientObject* CatalogState::client(const Digest& token_sha256) const {
  const auto id = client_by_token.find(token_sha256);
  if (id == client_by_token.end()) return nullptr;
  return &clients.at(id->second);
}

Result<std::shared_ptr<const CatalogState>> build_catalog(CatalogObjects objects, const policy::AdmissionOptions& admission) {
  auto state = std::make_shared<CatalogState>();
  for (SourceObject& source : objects.sources) {
    const std::string name = source.name;
    if (!state->sources.emplace(name, std::move(source)).second) return dangling("source", name, "is there twice");
  }
  std::map<std::string, std::shared_ptr<Dataset>, std::less<>> datasets;
  for (DatasetObject& object : objects.datasets) {
    const std::string id = object.id;
    if (!state->sources.contains(object.source)) return dangling("dataset", id, "names a source that is not there: " + object.source);
    Result<std::shared_ptr<const Dataset>> dataset = make_dataset(std::move(object));
    if (!dataset) {
      Error error(dataset.error().code, "view or schema of dataset " + id, dataset.error());
      error.help = dataset.error().help;
      return fail(std::move(error).with("object", id));
    }
    if (!datasets.emplace(id, std::make_shared<Dataset>(**dataset)).second) return dangling("dataset", id, "is there twice");
  }
  for (OfferObject& object : objects.offers) {
    const std::string id = object.id;
    const auto dataset = datasets.find(object.dataset);
    if (dataset == datasets.end()) return dangling("offer", id, "names a dataset that is not there: " + object.dataset);
    Result<std::shared_ptr<const Offer>> offer = make_offer(std::move(object), *dataset->second, admission);
    if (!offer) {
      Error error(offer.error().code, "offer " + id, offer.error());
      error.help = offer.error().help;
      return fail(std::move(error).with("object", id));
    }
    if (!state->offers.emplace(id, *offer).second) return dangling("offer", id, "is there twice");
    dataset->second->offers.push_back(*offer);
  }
  for (auto& [id, dataset] : datasets) state->datasets.emplace(id, std::move(dataset));
  for (ClientObject& client : objects.clients) {
    const std::string id = client.id;
    if (!state->client_by_token.emplace(client.token_sha256, id).second) return dangling("client", id, "has the token of another client");
    if (!state->clients.emplace(id, std::move(client)).second) return dangling("client", id, "is there twice");
  }
  return state;
}

bool visible(const Offer& offer, const trust::PeerIdentity& peer) {
  return policy::could_obtain(offer.ir, {peer.did, peer.zone, std::nullopt});
}

Catalog::Catalog(std::string did, std::string dns) : did_(std::move(did)), dns_(std::move(dns)) {
  replace(std::make_shared<const CatalogState>());
}

std::shared_ptr<const CatalogState> Catalog::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::shared_ptr<const CatalogIndex> Catalog::index() const {
  const std::lock_guard lock(mutex_);
  return index_;
}

void Catalog::replace(std::shared_ptr<const CatalogState> state) {
  auto index = std::make_shared<const CatalogIndex>(state, did_, dns_);
  const std::lock_guard lock(mutex_);
  state_ = std::move(state);
  index_ = std::move(index);
}

Status Catalog::load(const Storage& storage) {
  Result<CatalogObjects> objects = load_objects(storage);
  if (!objects) return fail(objects.error());
  policy::AdmissionOptions admission;
  admission.expired_is_fatal = false;
  Result<std::shared_ptr<const CatalogState>> state = build_catalog(std::move(*objects), admission);
  if (!state) return fail(state.error());
  replace(std::move(*state));
  return {};
}

}  // namespace sekisho::node
