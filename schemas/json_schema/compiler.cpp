#include "schemas/json_schema/compiler.hpp"

#include <fmt/format.h>

#include "schemas/json_schema/uri.hpp"

namespace sekisho::schemas {

Error misfit(const std::string& pointer, std::string_view keyword, std::string_view wanted) {
  return Error(Code::JsonShape, fmt::format("\"{}\" of a schema is not {}", keyword, wanted))
      .with("pointer", fmt::format("{}/{}", pointer, pointer_escaped(keyword)));
}

Status read_count(const JsonObject& object, const char* keyword, const std::string& pointer,
                  std::optional<std::size_t>& into) {
  std::optional<double> number;
  Status read = read_number(object, keyword, pointer, number);
  if (!read) return read;
  if (!number) return {};
  if (*number < 0 || *number > 9e15 || *number != static_cast<double>(static_cast<std::size_t>(*number))) {
    return fail(misfit(pointer, keyword, "a count"));
  }
  into = static_cast<std::size_t>(*number);
  return {};
}

Status read_number(const JsonObject& object, const char* keyword, const std::string& pointer,
                   std::optional<double>& into) {
  const Json* value = object.if_contains(keyword);
  if (value == nullptr) return {};
  if (!value->is_number()) return fail(misfit(pointer, keyword, "a number"));
  into = value->to_number<double>();
  return {};
}

Result<std::vector<std::string>> read_names(const Json& value, const char* keyword, const std::string& pointer) {
  if (!value.is_array()) return fail(misfit(pointer, keyword, "a list of names"));
  std::vector<std::string> names;
  for (const Json& item : value.get_array()) {
    if (!item.is_string()) return fail(misfit(pointer, keyword, "a list of names"));
    names.emplace_back(item.get_string().data(), item.get_string().size());
  }
  return names;
}

Result<const Node*> Compiler::node_at(const Place& place, std::string pointer) {
  const auto found = nodes_.find(place.value);
  if (found != nodes_.end()) return found->second;
  if (program_->nodes.size() >= program_->options.nodes) return fail(Code::LimitExceeded, "a schema of too many parts");
  Node* node = &program_->nodes.emplace_back();
  node->resource = place.resource;
  nodes_.emplace(place.value, node);
  work_.push_back({place, node, std::move(pointer)});
  return node;
}

Status Compiler::child(Scope& scope, const char* keyword, const Node*& into) {
  const Json* value = scope.object.if_contains(keyword);
  if (value == nullptr) return {};
  const Result<const Node*> node = node_at(index_.place_of(*value, scope.place), scope.pointer + "/" + keyword);
  if (!node) return fail(node.error());
  into = *node;
  return {};
}

Status Compiler::children(Scope& scope, const char* keyword, std::vector<const Node*>& into) {
  const Json* value = scope.object.if_contains(keyword);
  if (value == nullptr) return {};
  if (!value->is_array()) return fail(misfit(scope.pointer, keyword, "a list of schemas"));
  for (const Json& item : value->get_array()) {
    const Result<const Node*> node =
        node_at(index_.place_of(item, scope.place), fmt::format("{}/{}/{}", scope.pointer, keyword, into.size()));
    if (!node) return fail(node.error());
    into.push_back(*node);
  }
  return {};
}

Status Compiler::compile_node(const Work& work) {
  const Json& value = *work.place.value;
  if (value.is_bool()) {
    work.node->always = value.get_bool();
    return {};
  }
  if (!value.is_object()) {
    return fail(Error(Code::JsonShape, "a schema is an object, true or false").with("pointer", work.pointer));
  }
  Scope scope{value.get_object(), work.place, work.pointer, *work.node};
  Status references = compile_references(scope);
  if (!references) return references;
  if (work.place.draft <= Draft::Draft07 && work.node->ref != nullptr) return {};  // its neighbours mean nothing
  for (const auto part : {&Compiler::compile_values, &Compiler::compile_number, &Compiler::compile_string,
                          &Compiler::compile_array, &Compiler::compile_object, &Compiler::compile_logic}) {
    Status done = (this->*part)(scope);
    if (!done) return done;
  }
  return {};
}

Result<std::shared_ptr<const Program>> Compiler::run(const Json& schema) {
  const Result<Place> root = index_.add("", std::make_shared<const Json>(schema));
  if (!root) return fail(root.error());
  const Result<const Node*> node = node_at(*root, "");
  if (!node) return fail(node.error());
  program_->root = *node;
  std::size_t anchors = 0;
  while (!work_.empty() || anchors < index_.dynamic_anchors().size()) {
    if (work_.empty()) {
      const DynamicAnchor anchor = index_.dynamic_anchors()[anchors++];
      const Result<const Node*> target = node_at(anchor.place, "");
      if (!target) return fail(target.error());
      program_->dynamic_anchors.emplace(std::pair(anchor.resource, anchor.name), *target);
      continue;
    }
    const Work work = std::move(work_.back());
    work_.pop_back();
    Status compiled = compile_node(work);
    if (!compiled) return fail(compiled.error());
  }
  return std::shared_ptr<const Program>(program_);
}

}  // namespace sekisho::schemas
