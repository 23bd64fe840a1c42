// The documents of one compilation: which URI names which schema object, and what base each schema object has.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/core/json.hpp"
#include "schemas/json_schema/json_schema.hpp"
#include "schemas/json_schema/registry.hpp"

namespace sekisho::schemas {

// Where a schema object stands: the resource it belongs to (an index) and the draft it is read by.
struct Place {
  const Json* value = nullptr;
  std::uint32_t resource = 0;
  Draft draft = Draft::Draft202012;
};

struct DynamicAnchor {
  std::uint32_t resource;
  std::string name;
  Place place;
};

class SchemaIndex {
 public:
  SchemaIndex(const SchemaRegistry& registry, Draft default_draft)
      : registry_(registry), default_draft_(default_draft) {}

  [[nodiscard]] Result<Place> add(std::string uri, std::shared_ptr<const Json> document);
  // What `reference` means in the resource `from`.
  [[nodiscard]] Result<Place> resolve(std::string_view reference, const Place& from);
  // The place of a schema object that lies below `parent`.
  [[nodiscard]] Place place_of(const Json& value, const Place& parent) const;

  [[nodiscard]] const Place& root_of(std::uint32_t resource) const { return resources_[resource]; }
  [[nodiscard]] const std::vector<DynamicAnchor>& dynamic_anchors() const { return dynamic_; }
  [[nodiscard]] bool has_dynamic_anchor(std::uint32_t resource, std::string_view name) const;

 private:
  Status scan(const Json& value, Place place, std::size_t depth);
  Status scan_keywords(const JsonObject& object, const Place& place, std::size_t depth);
  Status identify(const JsonObject& object, Place& place);
  Result<Place> at_pointer(std::string_view pointer, Place place) const;
  std::uint32_t new_resource(const std::string& uri, const Place& place);

  const SchemaRegistry& registry_;
  Draft default_draft_;
  std::vector<std::shared_ptr<const Json>> documents_;
  std::vector<Place> resources_;
  std::vector<std::string> bases_;
  std::map<std::string, std::uint32_t, std::less<>> by_uri_;
  std::map<std::string, Place, std::less<>> anchors_;  // full URI with fragment
  std::vector<DynamicAnchor> dynamic_;
  std::unordered_map<const Json*, Place> places_;
};

// The draft that "$schema" names; JsonShape for one that is not taken.
[[nodiscard]] Result<Draft> draft_of(const Json& document, Draft otherwise);

}  // namespace sekisho::schemas
