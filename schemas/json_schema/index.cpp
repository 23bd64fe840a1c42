#include "schemas/json_schema/index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "schemas/json_schema/uri.hpp"

namespace sekisho::schemas {
namespace {

constexpr std::size_t kMaxDepth = 128;
constexpr std::array<std::string_view, 7> kMaps = {"properties",       "patternProperties", "definitions", "$defs",
                                                   "dependentSchemas", "dependencies",      "$definitions"};
constexpr std::array<std::string_view, 15> kSchemas = {"items",
                                                       "prefixItems",
                                                       "allOf",
                                                       "anyOf",
                                                       "oneOf",
                                                       "not",
                                                       "if",
                                                       "then",
                                                       "else",
                                                       "additionalItems",
                                                       "contains",
                                                       "additionalProperties",
                                                       "propertyNames",
                                                       "unevaluatedItems",
                                                       "unevaluatedProperties"};

std::string_view text_of(const JsonObject& object, std::string_view name) {
  const Json* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

}  // namespace

Result<Draft> draft_of(const Json& document, Draft otherwise) {
  if (!document.is_object()) return otherwise;
  const std::string_view named = split_fragment(text_of(document.get_object(), "$schema")).first;
  if (named.empty()) return otherwise;
  if (named.ends_with("json-schema.org/draft-06/schema")) return Draft::Draft06;
  if (named.ends_with("json-schema.org/draft-07/schema")) return Draft::Draft07;
  if (named.ends_with("json-schema.org/draft/2019-09/schema")) return Draft::Draft201909;
  if (named.ends_with("json-schema.org/draft/2020-12/schema")) return Draft::Draft202012;
  return fail(Error(Code::JsonShape, "a JSON Schema draft that is not taken").with("pointer", "/$schema"));
}

std::uint32_t SchemaIndex::new_resource(const std::string& uri, const Place& place) {
  const auto index = static_cast<std::uint32_t>(resources_.size());
  resources_.push_back({place.value, index, place.draft});
  bases_.push_back(uri);
  by_uri_.try_emplace(uri, index);
  return index;
}

Result<Place> SchemaIndex::add(std::string uri, std::shared_ptr<const Json> document) {
  const Result<Draft> draft = draft_of(*document, default_draft_);
  if (!draft) return fail(draft.error());
  documents_.push_back(document);
  Place place{document.get(), 0, *draft};
  place.resource = new_resource(uri, place);
  Status scanned = scan(*document, place, 0);
  if (!scanned) return fail(scanned.error());
  return places_.at(document.get());
}

bool SchemaIndex::has_dynamic_anchor(std::uint32_t resource, std::string_view name) const {
  return std::any_of(dynamic_.begin(), dynamic_.end(),
                     [&](const DynamicAnchor& a) { return a.resource == resource && a.name == name; });
}

Place SchemaIndex::place_of(const Json& value, const Place& parent) const {
  const auto found = places_.find(&value);
  return found == places_.end() ? Place{&value, parent.resource, parent.draft} : found->second;
}

Status SchemaIndex::identify(const JsonObject& object, Place& place) {
  const bool old = place.draft <= Draft::Draft07;
  if (old && object.contains("$ref")) return {};
  const std::string_view id = text_of(object, "$id");
  if (old && id.starts_with('#')) {
    anchors_.try_emplace(bases_[place.resource] + std::string(id), place);
  } else if (!id.empty()) {
    const std::string uri(split_fragment(resolve_uri(bases_[place.resource], id)).first);
    if (uri != bases_[place.resource]) place.resource = new_resource(uri, place);
  }
  const std::string& base = bases_[place.resource];
  const std::string_view anchor = text_of(object, "$anchor");
  if (!anchor.empty()) anchors_.try_emplace(base + "#" + std::string(anchor), place);
  const std::string_view dynamic = text_of(object, "$dynamicAnchor");
  if (!dynamic.empty()) {
    anchors_.try_emplace(base + "#" + std::string(dynamic), place);
    dynamic_.push_back({place.resource, std::string(dynamic), place});
  }
  const Json* recursive = object.if_contains("$recursiveAnchor");
  if (recursive != nullptr && recursive->is_bool() && recursive->get_bool()) {
    dynamic_.push_back({place.resource, "$recursiveAnchor", place});
  }
  return {};
}

Status SchemaIndex::scan(const Json& value, Place place, std::size_t depth) {
  if (depth > kMaxDepth) return fail(Code::LimitExceeded, "a schema nested deeper than 128");
  place.value = &value;
  if (value.is_object()) {
    Status identified = identify(value.get_object(), place);
    if (!identified) return identified;
  }
  places_[&value] = place;
  return value.is_object() ? scan_keywords(value.get_object(), place, depth) : Status{};
}

Status SchemaIndex::scan_keywords(const JsonObject& object, const Place& place, std::size_t depth) {
  for (const auto& member : object) {
    const std::string_view name(member.key().data(), member.key().size());
    const Json& below = member.value();
    if (std::find(kMaps.begin(), kMaps.end(), name) != kMaps.end() && below.is_object()) {
      for (const auto& entry : below.get_object()) {
        if (entry.value().is_array()) continue;  // "dependencies" of names
        Status scanned = scan(entry.value(), place, depth + 1);
        if (!scanned) return scanned;
      }
    } else if (std::find(kSchemas.begin(), kSchemas.end(), name) != kSchemas.end()) {
      if (below.is_array()) {
        for (const Json& item : below.get_array()) {
          Status scanned = scan(item, place, depth + 1);
          if (!scanned) return scanned;
        }
      } else {
        Status scanned = scan(below, place, depth + 1);
        if (!scanned) return scanned;
      }
    }
  }
  return {};
}

Result<Place> SchemaIndex::at_pointer(std::string_view pointer, Place place) const {
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::size_t end = pointer.find('/');
    const std::string step = pointer_unescaped(pointer.substr(0, end));
    pointer = end == std::string_view::npos ? std::string_view{} : pointer.substr(end);
    const Json* below = nullptr;
    if (place.value->is_object()) below = place.value->get_object().if_contains(step);
    if (place.value->is_array()) {
      std::size_t index = 0;
      const auto [last, error] = std::from_chars(step.data(), step.data() + step.size(), index);
      const bool whole = error == std::errc() && last == step.data() + step.size();
      if (whole && index < place.value->get_array().size()) below = &place.value->get_array()[index];
    }
    if (below == nullptr) return fail(Code::JsonShape, "a \"$ref\" that points at nothing");
    place = place_of(*below, place);
  }
  return place;
}

Result<Place> SchemaIndex::resolve(std::string_view reference, const Place& from) {
  const std::string full = resolve_uri(bases_[from.resource], reference);
  const auto [uri, raw_fragment] = split_fragment(full);
  auto found = by_uri_.find(uri);
  if (found == by_uri_.end()) {
    std::shared_ptr<const Json> document = registry_.find(uri);
    if (!document) return fail(Code::JsonShape, fmt::format("a \"$ref\" to {}, which nobody gave", uri));
    const Result<Place> added = add(std::string(uri), std::move(document));
    if (!added) return fail(added.error());
    found = by_uri_.find(uri);
  }
  const Place& root = places_.at(resources_[found->second].value);
  std::string fragment = percent_decoded(raw_fragment);
  if (fragment.empty()) return root;
  if (fragment.starts_with('/')) return at_pointer(fragment, root);
  const auto anchor = anchors_.find(std::string(bases_[root.resource]) + "#" + fragment);
  if (anchor != anchors_.end()) return anchor->second;
  if (fragment.find('/') != std::string::npos) return at_pointer("/" + fragment, root);
  return fail(Code::JsonShape, fmt::format("a \"$ref\" to the anchor {}, which is not there", fragment));
}

}  // namespace sekisho::schemas
