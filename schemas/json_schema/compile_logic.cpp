// References, combinations, conditions.
#include <fmt/format.h>

#include "schemas/json_schema/compiler.hpp"

namespace sekisho::schemas {
namespace {

constexpr int kMaxHops = 8;

Error unresolved(const std::string& pointer, const char* keyword, const Error& cause) {
  return Error(cause.code, fmt::format("a \"{}\" of a schema cannot be resolved", keyword), cause)
      .with("pointer", pointer + "/" + keyword);
}

}  // namespace

Status Compiler::compile_references(Scope& scope) {
  for (const char* keyword : {"$ref", "$dynamicRef", "$recursiveRef"}) {
    const Json* value = scope.object.if_contains(keyword);
    if (value == nullptr) continue;
    const bool plain = std::string_view(keyword) == "$ref";
    if (!plain && scope.place.draft < Draft::Draft201909) continue;
    if (!value->is_string()) return fail(misfit(scope.pointer, keyword, "a string"));
    const std::string_view reference(value->get_string().data(), value->get_string().size());
    const Result<Place> target = index_.resolve(reference, scope.place);
    if (!target) return fail(unresolved(scope.pointer, keyword, target.error()));
    const Result<const Node*> node = node_at(*target, scope.pointer + "/" + keyword);
    if (!node) return fail(node.error());
    if (plain) {
      scope.node.ref = *node;
      continue;
    }
    scope.node.dynamic_ref = *node;
    const std::size_t hash = reference.find('#');
    std::string name = "$recursiveAnchor";
    if (std::string_view(keyword) == "$dynamicRef") {
      name = hash == std::string_view::npos ? std::string() : std::string(reference.substr(hash + 1));
    }
    if (index_.has_dynamic_anchor(target->resource, name)) scope.node.dynamic_name = name;
  }
  return {};
}

Status Compiler::compile_logic(Scope& scope) {
  Status step = children(scope, "allOf", scope.node.all_of);
  if (step) step = compile_choice(scope, "anyOf");
  if (step) step = compile_choice(scope, "oneOf");
  if (step) step = child(scope, "not", scope.node.none_of);
  if (step && scope.place.draft >= Draft::Draft07 && scope.object.contains("if")) {
    step = child(scope, "if", scope.node.condition);
    if (step) step = child(scope, "then", scope.node.then);
    if (step) step = child(scope, "else", scope.node.otherwise);
  }
  return step;
}

Status Compiler::compile_choice(Scope& scope, const char* keyword) {
  const Json* value = scope.object.if_contains(keyword);
  if (value == nullptr) return {};
  Choice choice;
  Status step = children(scope, keyword, choice.all);
  if (!step) return step;
  if (choice.all.empty()) return fail(misfit(scope.pointer, keyword, "a list of one schema or more"));
  find_dispatch(scope, value->get_array(), choice);
  scope.node.choices.emplace_back(keyword, std::move(choice));
  return {};
}

const std::string* Compiler::fixed_value(const Json& alternative, const Place& place, std::string_view member,
                                         std::string& into) {
  Place at = index_.place_of(alternative, place);
  for (int hop = 0; hop < kMaxHops && at.value->is_object(); ++hop) {
    const JsonObject& object = at.value->get_object();
    const Json* ref = object.if_contains("$ref");
    const Json* properties = object.if_contains("properties");
    const bool hidden = ref != nullptr && at.draft <= Draft::Draft07;
    if (properties != nullptr && properties->is_object() && !hidden) {
      const Json* property = properties->get_object().if_contains(member);
      if (property != nullptr && property->is_object() && !property->get_object().contains("$ref")) {
        const Json* fixed = property->get_object().if_contains("const");
        const Json* listed = property->get_object().if_contains("enum");
        if (fixed == nullptr && listed != nullptr && listed->is_array() && listed->get_array().size() == 1) {
          fixed = listed->get_array().data();
        }
        if (fixed != nullptr && fixed->is_string()) {
          into.assign(fixed->get_string().data(), fixed->get_string().size());
          return &into;
        }
      }
    }
    if (ref == nullptr || !ref->is_string()) return nullptr;
    const Result<Place> next = index_.resolve({ref->get_string().data(), ref->get_string().size()}, at);
    if (!next) return nullptr;
    at = *next;
  }
  return nullptr;
}

void Compiler::find_dispatch(Scope& scope, const JsonArray& alternatives, Choice& choice) {
  if (alternatives.size() < 2) return;
  for (const char* member : {"resourceType", "type", "@type", "eventType", "kind"}) {
    std::map<std::string, std::vector<const Node*>, std::less<>> by_value;
    std::string value;
    std::size_t known = 0;
    while (known < alternatives.size() && fixed_value(alternatives[known], scope.place, member, value) != nullptr) {
      by_value[value].push_back(choice.all[known++]);
    }
    if (known < alternatives.size()) continue;
    choice.member = member;
    choice.by_value = std::move(by_value);
    return;
  }
}

}  // namespace sekisho::schemas
