#include <fmt/format.h>

#include "node/catalog/catalog.hpp"

namespace sekisho::node {
namespace {

template <class Object>
Status load_family(const Storage& storage, Family family, Result<Object> (*parse)(const Json&), std::vector<Object>& out) {
  Status damaged;
  Status scanned = storage.scan(family, {}, {}, [&](BytesView key, BytesView value) {
    Result<Json> json = parse_json(as_text(value));
    Result<Object> object = json ? parse(*json) : Result<Object>(fail(json.error()));
    if (!object) {
      damaged = fail(Code::DatabaseDamaged, fmt::format("row {} of family {} cannot be read", as_text(key), family_name(family)),
                     object.error());
      return false;
    }
    out.push_back(std::move(*object));
    return true;
  });
  if (!scanned) return scanned;
  return damaged;
}

}  // namespace

Result<CatalogObjects> load_objects(const Storage& storage) {
  CatalogObjects objects;
  Status sources = load_family(storage, Family::Source, parse_source, objects.sources);
  if (!sources) return fail(sources.error());
  Status datasets = load_family(storage, Family::Dataset, parse_dataset, objects.datasets);
  if (!datasets) return fail(datasets.error());
  Status offers = load_family(storage, Family::Offer, parse_offer, objects.offers);
  if (!offers) return fail(offers.error());
  Status clients = load_family(storage, Family::Client, parse_client, objects.clients);
  if (!clients) return fail(clients.error());
  return objects;
}

}  // namespace sekisho::node
