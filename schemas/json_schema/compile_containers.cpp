// Arrays and objects.
#include <fmt/format.h>

#include "schemas/json_schema/compiler.hpp"
#include "schemas/json_schema/uri.hpp"

namespace sekisho::schemas {

Status Compiler::compile_array(Scope& scope) {
  auto rules = std::make_unique<ArrayRules>();
  const bool newest = scope.place.draft == Draft::Draft202012;
  const Json* items = scope.object.if_contains("items");
  const bool tuple = !newest && items != nullptr && items->is_array();
  Status step = tuple ? children(scope, "items", rules->prefix) : child(scope, "items", rules->rest);
  if (step && tuple) {
    rules->rest_keyword = "additionalItems";
    step = child(scope, "additionalItems", rules->rest);
  }
  if (step && newest) step = children(scope, "prefixItems", rules->prefix);
  if (step) step = child(scope, "contains", rules->contains);
  if (step) step = read_count(scope.object, "minItems", scope.pointer, rules->min_items);
  if (step) step = read_count(scope.object, "maxItems", scope.pointer, rules->max_items);
  if (step && scope.place.draft >= Draft::Draft201909) {
    std::optional<std::size_t> least;
    step = read_count(scope.object, "minContains", scope.pointer, least);
    if (least) rules->min_contains = *least;
    if (step) step = read_count(scope.object, "maxContains", scope.pointer, rules->max_contains);
    if (step) step = child(scope, "unevaluatedItems", scope.node.unevaluated_items);
  }
  if (!step) return step;
  rules->contains_evaluates = newest;
  const Json* unique = scope.object.if_contains("uniqueItems");
  if (unique != nullptr && !unique->is_bool()) return fail(misfit(scope.pointer, "uniqueItems", "true or false"));
  rules->unique = unique != nullptr && unique->get_bool();
  if (!rules->prefix.empty() || rules->rest != nullptr || rules->contains != nullptr || rules->min_items ||
      rules->max_items || rules->unique) {
    scope.node.array = std::move(rules);
  }
  return {};
}

Status Compiler::compile_object(Scope& scope) {
  auto rules = std::make_unique<ObjectRules>();
  Status step = read_count(scope.object, "minProperties", scope.pointer, rules->min_properties);
  if (step) step = read_count(scope.object, "maxProperties", scope.pointer, rules->max_properties);
  if (step) step = child(scope, "additionalProperties", rules->additional);
  if (step) step = child(scope, "propertyNames", rules->names);
  if (step && scope.place.draft >= Draft::Draft201909) {
    step = child(scope, "unevaluatedProperties", scope.node.unevaluated_properties);
  }
  if (!step) return step;
  if (const Json* required = scope.object.if_contains("required")) {
    auto names = read_names(*required, "required", scope.pointer);
    if (!names) return fail(names.error());
    rules->required = std::move(*names);
  }
  for (const char* keyword : {"properties", "patternProperties"}) {
    const Json* map = scope.object.if_contains(keyword);
    if (map == nullptr) continue;
    if (!map->is_object()) return fail(misfit(scope.pointer, keyword, "an object of schemas"));
    for (const auto& member : map->get_object()) {
      const std::string name(member.key().data(), member.key().size());
      const std::string pointer = fmt::format("{}/{}/{}", scope.pointer, keyword, pointer_escaped(name));
      const Result<const Node*> node = node_at(index_.place_of(member.value(), scope.place), pointer);
      if (!node) return fail(node.error());
      if (std::string_view(keyword) == "properties") {
        rules->properties.emplace(name, *node);
        continue;
      }
      auto pattern = Pattern::compile(name);
      if (!pattern) {
        return fail(Error(pattern.error().code, "a name of \"patternProperties\" is not taken", pattern.error())
                        .with("pointer", pointer));
      }
      rules->patterns.emplace_back(*pattern, *node);
    }
  }
  step = compile_dependencies(scope, *rules);
  if (!step) return step;
  if (!rules->required.empty() || !rules->properties.empty() || !rules->patterns.empty() ||
      rules->additional != nullptr || rules->names != nullptr || !rules->dependent_required.empty() ||
      !rules->dependent_schemas.empty() || rules->min_properties || rules->max_properties) {
    scope.node.object = std::move(rules);
  }
  return {};
}

Status Compiler::compile_dependencies(Scope& scope, ObjectRules& rules) {
  for (const char* keyword : {"dependencies", "dependentRequired", "dependentSchemas"}) {
    const Json* map = scope.object.if_contains(keyword);
    if (map == nullptr) continue;
    if (!map->is_object()) return fail(misfit(scope.pointer, keyword, "an object"));
    for (const auto& member : map->get_object()) {
      std::string name(member.key().data(), member.key().size());
      const std::string pointer = fmt::format("{}/{}/{}", scope.pointer, keyword, pointer_escaped(name));
      if (member.value().is_array() && std::string_view(keyword) != "dependentSchemas") {
        auto names = read_names(member.value(), keyword, scope.pointer);
        if (!names) return fail(names.error());
        rules.dependent_required.emplace_back(std::move(name), std::move(*names));
        continue;
      }
      if (std::string_view(keyword) == "dependentRequired") return fail(misfit(scope.pointer, keyword, "of names"));
      const Result<const Node*> node = node_at(index_.place_of(member.value(), scope.place), pointer);
      if (!node) return fail(node.error());
      rules.dependent_schemas.emplace_back(std::move(name), *node);
    }
  }
  return {};
}

}  // namespace sekisho::schemas
