#include "node/catalog/objects.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/core/encoding.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kScopes[] = {"data", "audit"};

std::unexpected<Error> refuse(std::string_view pointer, std::string_view what) {
  return fail(Error(Code::JsonShape, fmt::format("member {} {}", pointer, what)).with("pointer", std::string(pointer)));
}

bool acceptable_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._:/#-").find(c) != std::string_view::npos;
  });
}

Result<std::string> name_member(const JsonObject& object, std::string_view member) {
  Result<std::string> name = get_string(object, member);
  if (name && !acceptable_name(*name)) return refuse(fmt::format("/{}", member), "is not an acceptable name");
  return name;
}

Result<const JsonObject*> object_of(const Json& document, std::initializer_list<std::string_view> members) {
  if (!document.is_object()) return refuse("", "is not an object");
  Status only = only_members(document.get_object(), members);
  if (!only) return fail(only.error());
  return &document.get_object();
}

}  // namespace

Result<SourceObject> parse_source(const Json& document) {
  Result<const JsonObject*> object = object_of(document, {"name", "manifest"});
  if (!object) return fail(object.error());
  Result<std::string> name = name_member(**object, "name");
  if (!name) return fail(name.error());
  Result<const JsonObject*> manifest = get_object(**object, "manifest");
  if (!manifest) return fail(manifest.error());
  return SourceObject{std::move(*name), Json(**manifest)};
}

Result<DatasetObject> parse_dataset(const Json& document) {
  Result<const JsonObject*> object = object_of(document, {"id", "title", "source", "media", "conformsTo", "view", "schema", "push"});
  if (!object) return fail(object.error());
  DatasetObject dataset;
  Result<std::string> id = name_member(**object, "id");
  if (!id) return fail(id.error());
  dataset.id = std::move(*id);
  Result<std::optional<std::string>> title = get_optional_string(**object, "title");
  if (!title) return fail(title.error());
  dataset.title = title->value_or(dataset.id);
  if (dataset.title.size() > 512) return refuse("/title", "is longer than 512 characters");
  Result<std::string> source = name_member(**object, "source");
  if (!source) return fail(source.error());
  dataset.source = std::move(*source);
  Result<std::optional<std::string>> media = get_optional_string(**object, "media");
  if (!media) return fail(media.error());
  if (*media) {
    if ((*media)->size() > 128 || (*media)->find('/') == std::string::npos) return refuse("/media", "is not a media type");
    dataset.media = std::move(**media);
  }
  Result<std::optional<std::string>> standard = get_optional_string(**object, "conformsTo");
  if (!standard) return fail(standard.error());
  if (*standard) {
    const std::string& iri = **standard;
    const bool plain = std::ranges::all_of(iri, [](char c) { return c > 0x20 && c < 0x7f; });
    if (iri.size() > 512 || iri.find(':') == std::string::npos || !plain) return refuse("/conformsTo", "is not an IRI");
    dataset.conforms_to = std::move(**standard);
  }
  if (const Json* push = (*object)->if_contains("push")) {
    if (!push->is_bool()) return refuse("/push", "is neither true nor false");
    dataset.push = push->get_bool();
  }
  if ((*object)->contains("view")) {
    Result<const JsonObject*> view = get_object(**object, "view");
    if (!view) return fail(view.error());
    dataset.view = Json(**view);
  }
  if ((*object)->contains("schema")) {
    Result<const JsonObject*> schema = get_object(**object, "schema");
    if (!schema) return fail(schema.error());
    dataset.schema = Json(**schema);
  }
  return dataset;
}

Result<OfferObject> parse_offer(const Json& document) {
  Result<const JsonObject*> object = object_of(document, {"id", "dataset", "policy"});
  if (!object) return fail(object.error());
  Result<std::string> id = name_member(**object, "id");
  if (!id) return fail(id.error());
  Result<std::string> dataset = name_member(**object, "dataset");
  if (!dataset) return fail(dataset.error());
  Result<const JsonObject*> policy = get_object(**object, "policy");
  if (!policy) return fail(policy.error());
  for (const std::string_view member : {"@id", "@type", "target", "assigner", "assignee"}) {
    if ((*policy)->contains(member)) return refuse(fmt::format("/policy/{}", member), "is added by the node");
  }
  return OfferObject{std::move(*id), std::move(*dataset), Json(**policy)};
}

Result<ClientObject> parse_client(const Json& document) {
  Result<const JsonObject*> object = object_of(document, {"id", "token_sha256", "scopes"});
  if (!object) return fail(object.error());
  ClientObject client;
  Result<std::string> id = name_member(**object, "id");
  if (!id) return fail(id.error());
  client.id = std::move(*id);
  Result<std::string> hex = get_string(**object, "token_sha256");
  if (!hex) return fail(hex.error());
  Result<Digest> digest = digest_from_hex(*hex);
  if (!digest) return refuse("/token_sha256", "is not 64 lower-case hex digits");
  client.token_sha256 = *digest;
  Result<const JsonArray*> scopes = get_array(**object, "scopes");
  if (!scopes) return fail(scopes.error());
  for (const Json& scope : **scopes) {
    if (!scope.is_string() || std::ranges::find(kScopes, std::string_view(scope.get_string())) == std::end(kScopes)) {
      return refuse("/scopes", "knows only data and audit");
    }
    client.scopes.emplace(scope.get_string());
  }
  if (client.scopes.empty()) return refuse("/scopes", "is empty");
  return client;
}

Json to_json(const SourceObject& source) { return {{"name", source.name}, {"manifest", source.manifest}}; }

Json to_json(const DatasetObject& dataset) {
  JsonObject object{{"id", dataset.id}, {"title", dataset.title}, {"source", dataset.source}, {"media", dataset.media}};
  if (!dataset.conforms_to.empty()) object["conformsTo"] = dataset.conforms_to;
  if (dataset.view) object["view"] = *dataset.view;
  if (dataset.schema) object["schema"] = *dataset.schema;
  if (dataset.push) object["push"] = true;
  return object;
}

Json to_json(const OfferObject& offer) { return {{"id", offer.id}, {"dataset", offer.dataset}, {"policy", offer.policy}}; }

Json to_json(const ClientObject& client) {
  JsonArray scopes;
  for (const std::string& scope : client.scopes) scopes.emplace_back(scope);
  return {{"id", client.id}, {"token_sha256", to_hex(client.token_sha256)}, {"scopes", std::move(scopes)}};
}

}  // namespace sekisho::node
