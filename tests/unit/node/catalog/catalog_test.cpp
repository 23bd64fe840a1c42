#include <gtest/gtest.h>

#include "base/crypto/digest.hpp"
#include "node/catalog/catalog.hpp"
#include "node/journal/memory_storage.hpp"

namespace sekisho::node {
namespace {

Json json(std::string_view text) { return parse_json(text).value(); }

OfferObject offer(std::string id, std::string_view policy) { return {std::move(id), "urn:d", json(policy)}; }

constexpr std::string_view kForAll =
    R"({"permission": [{"action": "use"}], "prohibition": [{"action": "odrl:distribute"}]})";
constexpr std::string_view kForEu = R"({"profile": ["https://w3id.org/sekisho/v1/"], "permission": [{"action": "use",
    "constraint": [{"leftOperand": "https://w3id.org/sekisho/v1/recipientZone", "operator": "eq", "rightOperand": "eu"}]}],
    "prohibition": [{"action": "odrl:distribute"}]})";
constexpr std::string_view kUnknownTerm =
    R"({"permission": [{"action": "use", "constraint": [{"leftOperand": "odrl:weather", "operator": "eq", "rightOperand": "x"}]}]})";
constexpr std::string_view kEnded = R"({"permission": [{"action": "use", "constraint": [
    {"leftOperand": "odrl:dateTime", "operator": "lt", "rightOperand": {"@value": "2020-01-01T00:00:00Z", "@type": "xsd:dateTime"}}]}],
    "prohibition": [{"action": "odrl:distribute"}]})";

CatalogObjects objects(std::vector<OfferObject> offers) {
  CatalogObjects all;
  all.sources.push_back({"events", json(R"({"kind": "file"})")});
  all.datasets.push_back({"urn:d", "Data", "events", "application/x-ndjson", json(R"({"fields": {"/lot": "keep"}})")});
  all.offers = std::move(offers);
  return all;
}

trust::PeerIdentity peer_of(std::string zone) {
  trust::PeerIdentity peer;
  peer.zone = std::move(zone);
  peer.did = "did:web:a." + peer.zone + ".example";
  return peer;
}

constexpr Instant kThen{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};

Json catalog_of(const Catalog& catalog, const trust::PeerIdentity& peer) {
  return json(catalog.index()->page({}, {peer.did, peer.zone, kThen}).text);
}
Result<Json> dataset_of(const Catalog& catalog, std::string_view id, const trust::PeerIdentity& peer) {
  Result<std::string> text = catalog.index()->dataset(id, {peer.did, peer.zone, kThen});
  if (!text) return fail(text.error());
  return json(*text);
}

TEST(Catalog, ShowsAPeerWhatIsForItsZone) {
  Catalog catalog("did:web:farm.jp.example", "farm.jp.example");
  const auto state = build_catalog(objects({offer("urn:all", kForAll), offer("urn:eu", kForEu)}));
  ASSERT_TRUE(state) << state.error().chain();
  catalog.replace(*state);
  const Json eu = catalog_of(catalog, peer_of("eu"));
  EXPECT_EQ(eu.at("@type").get_string(), "Catalog");
  EXPECT_EQ(eu.at("participantId").get_string(), "did:web:farm.jp.example");
  ASSERT_EQ(eu.at("dataset").get_array().size(), 1U);
  EXPECT_EQ(eu.at("dataset").at(0).at("hasPolicy").get_array().size(), 2U);
  EXPECT_FALSE(eu.at("dataset").at(0).at("hasPolicy").at(0).get_object().contains("target"));
  const auto us = dataset_of(catalog, "urn:d", peer_of("us"));
  ASSERT_TRUE(us);
  EXPECT_EQ(us->at("hasPolicy").get_array().size(), 1U);
  EXPECT_EQ(us->at("distribution").at(0).at("format").get_string(), "HttpData-PULL");
}

TEST(Catalog, ListsPushesWhereTheyAreOffered) {
  for (const bool push : {false, true}) {
    CatalogObjects all = objects({offer("urn:all", kForAll)});
    all.datasets.front().push = push;
    Catalog catalog("did:web:farm.jp.example", "farm.jp.example");
    catalog.replace(build_catalog(std::move(all)).value());
    const Json dataset = dataset_of(catalog, "urn:d", peer_of("us")).value();
    const JsonArray& distributions = dataset.at("distribution").get_array();
    ASSERT_EQ(distributions.size(), push ? 2U : 1U);
    if (push) { EXPECT_EQ(distributions[1].at("format").get_string(), "HttpData-PUSH"); }
    for (const Json& one : distributions) EXPECT_EQ(one.at("accessService").at("@type").get_string(), "DataService");
  }
}

TEST(Catalog, HidesADatasetWithoutAnOfferForThePeer) {
  Catalog catalog("did:web:farm.jp.example", "farm.jp.example");
  catalog.replace(build_catalog(objects({offer("urn:eu", kForEu)})).value());
  EXPECT_EQ(dataset_of(catalog, "urn:d", peer_of("us")).error().code, Code::DatasetUnknown);
  EXPECT_EQ(dataset_of(catalog, "urn:none", peer_of("us")).error().code, Code::DatasetUnknown);
  EXPECT_FALSE(catalog_of(catalog, peer_of("us")).get_object().contains("dataset"));
}

TEST(Catalog, AnOfferNamesTheViewOfItsDataset) {
  const auto state = build_catalog(objects({offer("urn:all", kForAll)}));
  ASSERT_TRUE(state);
  const std::string text = to_text((*state)->offer("urn:all")->document);
  EXPECT_NE(text.find((*state)->dataset("urn:d")->view->id()), std::string::npos);
}

TEST(Catalog, RefusesWhatItCannotEnforceOrFind) {
  const auto unknown = build_catalog(objects({offer("urn:x", kUnknownTerm)}));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::PolicyRefused);
  EXPECT_FALSE(build_catalog(objects({offer("urn:a", kForAll), offer("urn:a", kForAll)})));
  CatalogObjects no_dataset = objects({offer("urn:a", kForAll)});
  no_dataset.datasets.clear();
  EXPECT_EQ(build_catalog(std::move(no_dataset)).error().code, Code::InvalidArgument);
  CatalogObjects no_source = objects({});
  no_source.sources.clear();
  EXPECT_EQ(build_catalog(std::move(no_source)).error().code, Code::InvalidArgument);
  CatalogObjects bad_view = objects({});
  bad_view.datasets.front().view = json(R"({"fields": {"lot": "keep"}})");
  EXPECT_FALSE(build_catalog(std::move(bad_view)));
  CatalogObjects one_token = objects({});
  one_token.clients = {{"a", Digest{1}, {"data"}}, {"b", Digest{1}, {"data"}}};
  EXPECT_FALSE(build_catalog(std::move(one_token)));
}

TEST(Catalog, CompilesTheSchemaOfADataset) {
  struct Row {
    const char* name;
    const char* media;
    const char* schema;
    std::optional<Code> refused;
  };
  const std::vector<Row> rows = {
      {"a schema", "application/x-ndjson", R"({"document": {"type": "object", "required": ["lot"]}})", std::nullopt},
      {"one that refers to another", "application/x-ndjson",
       R"({"document": {"$ref": "https://a.example/x"}, "with": {"https://a.example/x": {"type": "object"}}})", std::nullopt},
      {"a reference to nowhere", "application/x-ndjson", R"({"document": {"$ref": "https://a.example/x"}})", Code::JsonShape},
      {"no document", "application/x-ndjson", R"({"with": {}})", Code::JsonShape},
      {"a document that is none", "application/x-ndjson", R"({"document": true})", Code::JsonShape},
      {"an unknown member", "application/x-ndjson", R"({"document": {}, "url": "https://a.example"})", Code::JsonShape},
      {"a draft that is not taken", "application/x-ndjson",
       R"({"document": {"$schema": "http://json-schema.org/draft-04/schema#"}})", Code::JsonShape},
      {"no records", "image/tiff", R"({"document": {}})", Code::InvalidArgument},
  };
  for (const Row& row : rows) {
    CatalogObjects all = objects({});
    all.datasets[0].media = row.media;
    all.datasets[0].schema = json(row.schema);
    const auto state = build_catalog(std::move(all));
    ASSERT_EQ(state.has_value(), !row.refused) << row.name << (state ? "" : state.error().chain());
    if (row.refused) {
      EXPECT_EQ(state.error().code, *row.refused) << row.name;
    } else {
      const Status fits = (*state)->dataset("urn:d")->schema->validate(json(R"({"lot": 1})"));
      EXPECT_TRUE(fits) << row.name;
    }
  }
}

TEST(Catalog, AnOfferThatHasEndedIsRefusedAtApplyButKeptAtStart) {
  policy::AdmissionOptions admission;
  admission.now = Instant(std::chrono::sys_days{std::chrono::year{2026} / 11 / 24});
  EXPECT_FALSE(build_catalog(objects({offer("urn:old", kEnded)}), admission));
  MemoryStorage storage;
  const CatalogObjects all = objects({offer("urn:old", kEnded)});
  const std::vector<Mutation> rows{
      {Family::Source, to_bytes("events"), to_bytes(to_text(to_json(all.sources.front())))},
      {Family::Dataset, to_bytes("urn:d"), to_bytes(to_text(to_json(all.datasets.front())))},
      {Family::Offer, to_bytes("urn:old"), to_bytes(to_text(to_json(all.offers.front())))}};
  ASSERT_TRUE(storage.commit(rows));
  Catalog catalog("did:web:farm.jp.example", "farm.jp.example");
  const Status loaded = catalog.load(storage);
  ASSERT_TRUE(loaded) << loaded.error().chain();
  EXPECT_TRUE(catalog.state()->offer("urn:old"));
}

TEST(Catalog, ADamagedRowIsNamed) {
  MemoryStorage storage;
  const std::vector<Mutation> rows{{Family::Source, to_bytes("events"), to_bytes("{")}};
  ASSERT_TRUE(storage.commit(rows));
  Catalog catalog("did:web:farm.jp.example", "farm.jp.example");
  const Status loaded = catalog.load(storage);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Code::DatabaseDamaged);
  EXPECT_NE(loaded.error().message.find("events"), std::string::npos);
}

TEST(Catalog, FindsClientsByTheDigestOfTheirToken) {
  CatalogObjects all = objects({});
  const Digest token = sha256(as_bytes("token"));
  all.clients = {{"startup", token, {"data"}}};
  const auto state = build_catalog(std::move(all));
  ASSERT_TRUE(state);
  ASSERT_NE((*state)->client(token), nullptr);
  EXPECT_EQ((*state)->client(token)->id, "startup");
  EXPECT_EQ((*state)->client(Digest{1}), nullptr);
}

}  // namespace
}  // namespace sekisho::node
