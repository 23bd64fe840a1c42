// Arrays and objects.
#include <unordered_set>

#include "schemas/json_schema/evaluation.hpp"
#include "schemas/json_schema/identity.hpp"

namespace sekisho::schemas {

bool Evaluation::array(const ArrayRules& rules, const At& at) {
  const JsonArray& items = at.value.get_array();
  if (rules.min_items && items.size() < *rules.min_items) return no(at, "minItems");
  if (rules.max_items && items.size() > *rules.max_items) return no(at, "maxItems");
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Node* node = i < rules.prefix.size() ? rules.prefix[i] : rules.rest;
    if (node == nullptr) break;
    const Path path{&at.path, {}, i, true};
    if (!below(*node, items[i], path)) return no(at, i < rules.prefix.size() ? "prefixItems" : rules.rest_keyword);
    if (at.seen != nullptr) at.seen->mark(i);
  }
  if (rules.unique && items.size() > 1) {
    std::unordered_set<std::string> known;
    for (const Json& item : items) {
      if (!known.insert(identity(item)).second) return no(at, "uniqueItems");
    }
  }
  return rules.contains == nullptr || contains(rules, at);
}

bool Evaluation::contains(const ArrayRules& rules, const At& at) {
  std::size_t count = 0;
  std::size_t i = 0;
  for (const Json& item : at.value.get_array()) {
    const Path path{&at.path, {}, i, true};
    if (tried(*rules.contains, {item, path, nullptr})) {
      ++count;
      if (at.seen != nullptr && rules.contains_evaluates) at.seen->mark(i);
    }
    ++i;
  }
  if (rules.max_contains && count > *rules.max_contains) return no(at, "maxContains");
  return count >= rules.min_contains || no(at, "contains");
}

bool Evaluation::object(const ObjectRules& rules, const At& at) {
  const JsonObject& members_of = at.value.get_object();
  if (rules.min_properties && members_of.size() < *rules.min_properties) return no(at, "minProperties");
  if (rules.max_properties && members_of.size() > *rules.max_properties) return no(at, "maxProperties");
  for (const std::string& name : rules.required) {
    if (!members_of.contains(name)) return no(at, "required");
  }
  return members(rules, at) && dependencies(rules, at);
}

bool Evaluation::members(const ObjectRules& rules, const At& at) {
  std::size_t i = 0;
  for (const auto& member : at.value.get_object()) {
    const std::string_view name(member.key().data(), member.key().size());
    const Path path{&at.path, name, 0, false};
    bool judged = false;
    if (rules.names != nullptr) {
      const Json text(member.key());
      if (!below(*rules.names, text, path)) return no(at, "propertyNames");
    }
    const auto known = rules.properties.find(name);
    if (known != rules.properties.end()) {
      judged = true;
      if (!below(*known->second, member.value(), path)) return no(at, "properties");
    }
    for (const auto& [pattern, node] : rules.patterns) {
      if (!pattern->found_in(name)) continue;
      judged = true;
      if (!below(*node, member.value(), path)) return no(at, "patternProperties");
    }
    if (!judged && rules.additional != nullptr) {
      judged = true;
      if (rules.additional->always == false) return no({member.value(), path, nullptr}, "additionalProperties");
      if (!below(*rules.additional, member.value(), path)) return no(at, "additionalProperties");
    }
    if (judged && at.seen != nullptr) at.seen->mark(i);
    ++i;
  }
  return true;
}

bool Evaluation::dependencies(const ObjectRules& rules, const At& at) {
  const JsonObject& members_of = at.value.get_object();
  for (const auto& [name, needed] : rules.dependent_required) {
    if (!members_of.contains(name)) continue;
    for (const std::string& other : needed) {
      if (!members_of.contains(other)) return no(at, "dependentRequired");
    }
  }
  for (const auto& [name, node] : rules.dependent_schemas) {
    if (members_of.contains(name) && !judge(*node, at)) return false;
  }
  return true;
}

}  // namespace sekisho::schemas
