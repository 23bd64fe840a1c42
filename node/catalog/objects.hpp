// What the operator declares with `sekisho apply`: sources, datasets, offers, clients; parsed strictly, stored as canonical
// JSON in the families Source, Dataset, Offer, Client under their name or id.
//
// Every parser refuses unknown members (JSON_SHAPE with help "pointer"), and names over 128 characters or outside
// [A-Za-z0-9._:/#-]. to_json() is the inverse.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/core/bytes.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"

namespace sekisho::node {

// {name, manifest}: manifest is what connectors read, "kind" and options.
struct SourceObject {
  std::string name;
  Json manifest;
};

// {id, title, source, media, conformsTo?, view?, schema?, push?}: conformsTo is the IRI of a standard that the records follow; view
// is a View document of policy/view.hpp; without one every member passes; push: true offers the dataset for pushes too.
struct DatasetObject {
  std::string id;
  std::string title;
  std::string source;
  std::string media = "application/x-ndjson";
  std::optional<Json> view;
  std::optional<Json> schema{};  // dataset_schema.hpp
  std::string conforms_to{};  // IRI of a standard; empty: not said
  bool push = false;
};

// {id, dataset, policy}: policy is an ODRL offer of DSP 2025-1 without "@id", "@type" and "target" (they are added here).
struct OfferObject {
  std::string id;
  std::string dataset;
  Json policy;
};

// {id, token_sha256, scopes}: who may call the service listener; the token itself is never stored.
struct ClientObject {
  std::string id;
  Digest token_sha256{};
  std::set<std::string> scopes;  // "data", "audit"
};

[[nodiscard]] Result<SourceObject> parse_source(const Json& document);
[[nodiscard]] Result<DatasetObject> parse_dataset(const Json& document);
[[nodiscard]] Result<OfferObject> parse_offer(const Json& document);
[[nodiscard]] Result<ClientObject> parse_client(const Json& document);

[[nodiscard]] Json to_json(const SourceObject& source);
[[nodiscard]] Json to_json(const DatasetObject& dataset);
[[nodiscard]] Json to_json(const OfferObject& offer);
[[nodiscard]] Json to_json(const ClientObject& client);

}  // namespace sekisho::node
