#include "tests/simulation/cast.hpp"

#include <chrono>
#include <utility>

#include "base/core/log.hpp"
#include "node/catalog/catalog.hpp"
#include "node/dataspace/catalog_service.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"
#include "trust/zone/recognition.hpp"

namespace sekisho::simulation {
namespace {

using node::testing::kDataset;
using node::testing::kNow;
using node::testing::kOffer;

void put(SimStorage::Tables& tables, node::Family family, const std::string& key, const Json& row) {
  tables[static_cast<std::size_t>(family)][to_bytes(key)] = to_bytes(to_text(row));
}

SimStorage::Tables farm_objects() {
  SimStorage::Tables tables;
  const Json view =
      parse_json(R"({"media": "application/x-ndjson", "fields": {"/lot": "keep", "/celsius": "keep"}})").value();
  const node::SourceObject source{"events", parse_json(R"({"kind": "file", "path": "events.ndjson"})").value()};
  const node::DatasetObject dataset{kDataset, "Cold chain", "events", "application/x-ndjson", view};
  const node::OfferObject offer{kOffer, kDataset, node::testing::cold_chain_policy()};
  put(tables, node::Family::Source, source.name, to_json(source));
  put(tables, node::Family::Dataset, dataset.id, to_json(dataset));
  put(tables, node::Family::Offer, offer.id, to_json(offer));
  return tables;
}

// The schedules pass over days of silence, in which zones of the real world publish again and again.
void publish_for_all_schedules(sekisho::test::TestZones& zones) {
  trust::Authority& jp = *zones.jp.authority;
  trust::Authority& eu = *zones.eu.authority;
  const std::chrono::days whole(30);
  trust::RecognitionTerms terms;
  terms.valid_from = kNow - std::chrono::minutes(10);
  terms.valid_to = kNow + whole;
  terms.max_status_age_s = static_cast<std::uint32_t>(std::chrono::seconds(whole).count());
  const trust::SignedObject proposed = jp.sign(jp.propose("eu", terms).value(), kNow).value();
  const trust::SignedObject paper = eu.sign(proposed, kNow).value();
  const trust::Recognition recognition = trust::Recognition::parse(trust::encode_signed(paper)).value();
  for (const auto& [asks, answers] : {std::pair(&jp, &eu), std::pair(&eu, &jp)}) {
    const Bytes challenge = asks->challenge(recognition, Digest{}).value();
    asks->check_proof(answers->prove(challenge).value(), kNow).value();
    asks->certify(paper, kNow).value();
  }
  const auto publish = [&] {
    zones.jp.snapshot = jp.publish(kNow, {whole, whole, whole}).value();
    zones.eu.snapshot = eu.publish(kNow, {whole, whole, whole}).value();
  };
  publish();
  jp.import_peer_snapshot(zones.eu.snapshot, kNow).value();
  eu.import_peer_snapshot(zones.jp.snapshot, kNow).value();
  publish();
}

}  // namespace

Cast::Cast()
    : clock(std::make_unique<ManualClock>(kNow)),
      zones(sekisho::test::make_test_zones(kNow)),
      catalogue(farm_objects()) {
  set_log_level(LogLevel::Off);  // refusals are the matter here
  publish_for_all_schedules(zones);
  const std::array<const sekisho::test::TestNode*, kNodes> nodes{&zones.farm, &zones.trade};
  const std::array<const sekisho::test::TestZone*, kNodes> homes{&zones.jp, &zones.eu};
  for (std::size_t i = 0; i < kNodes; ++i) {
    hosts.push_back(nodes[i]->dns);
    self[i] = node::testing::identity_of(*nodes[i], homes[i]->descriptor);
    trust[i] = std::make_unique<node::TrustHolder>(homes[i]->descriptor, *clock);
    if (!trust[i]->replace(homes[i]->snapshot)) std::abort();
  }
  for (std::size_t i = 0; i < kNodes; ++i) {
    for (std::size_t k = 0; k < kNodes; ++k) {
      if (i == k) continue;
      seen[i][k] = trust[i]->current()->judge(nodes[k]->tls_chain, trust::Use::TlsClient, kNow).value();
    }
  }
  node::Catalog catalog(self[kFarm].did, self[kFarm].dns);
  if (!catalog.load(SimStorage(catalogue))) std::abort();
  const http::Response dataset = node::on_dataset(catalog, seen[kFarm][kTrade], kDataset, kNow);
  offer = node::offers_of(parse_json(dataset.body).value()).value().front();
  other_offer = offer;
  other_offer.get_object().erase("prohibition");
}

Cast& Cast::shared() {
  static Cast cast;
  return cast;
}

}  // namespace sekisho::simulation
