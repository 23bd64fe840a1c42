#include "schemas/json_schema/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "schemas/json_schema/compiler.hpp"
#include "schemas/json_schema/uri.hpp"

namespace sekisho::schemas {
namespace {

std::string written(const Path& path) {
  std::vector<std::string> steps;
  for (const Path* at = &path; at->up != nullptr; at = at->up) {
    steps.push_back(at->item ? std::to_string(at->index) : pointer_escaped(at->name));
  }
  std::string pointer;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) pointer.append("/").append(*step);
  return pointer;
}

}  // namespace

Result<std::shared_ptr<const JsonSchema>> JsonSchema::compile(const Json& schema, const SchemaRegistry& registry,
                                                              const JsonSchemaOptions& options) {
  auto program = Compiler(registry, options).run(schema);
  if (!program) return fail(program.error());
  return std::make_shared<const JsonSchema>(*program);
}

Status JsonSchema::validate(const Json& instance) const { return Evaluation(*program_).run(instance); }

Status Evaluation::run(const Json& instance) {
  const Path root;
  const bool fits = judge(*program_.root, {instance, root, nullptr});
  if (exhausted_) return fail(Code::LimitExceeded, "judging the document by its schema takes too many steps");
  if (fits) return {};
  const char* keyword = keyword_ == nullptr ? "schema" : keyword_;
  return fail(Error(Code::JsonShape, fmt::format("the document does not fit its schema: \"{}\"", keyword))
                  .with("pointer", pointer_)
                  .with("keyword", keyword));
}

bool Evaluation::no(const At& at, const char* keyword) {
  if (quiet_ == 0 && keyword_ == nullptr) {
    keyword_ = keyword;
    pointer_ = written(at.path);
  }
  return false;
}

bool Evaluation::tried(const Node& node, const At& at) {
  Evaluated seen;
  ++quiet_;
  const bool fits = judge(node, {at.value, at.path, at.seen == nullptr ? nullptr : &seen});
  --quiet_;
  if (fits && at.seen != nullptr) at.seen->add(seen);
  return fits;
}

bool Evaluation::judge(const Node& node, const At& at) {
  if (exhausted_ || ++steps_ > program_.options.steps || depth_ >= program_.options.depth) {
    exhausted_ = true;
    return false;
  }
  if (node.always) return *node.always || no(at, "false");
  ++depth_;
  const bool entered = !program_.dynamic_anchors.empty() && (scopes_.empty() || scopes_.back() != node.resource);
  if (entered) scopes_.push_back(node.resource);
  Evaluated own;
  const bool asks = node.unevaluated_items != nullptr || node.unevaluated_properties != nullptr;
  const At inside{at.value, at.path, asks ? &own : at.seen};
  const bool fits = rules(node, inside) && (!asks || unevaluated(node, inside));
  if (asks && at.seen != nullptr) at.seen->add(own);
  if (entered) scopes_.pop_back();
  --depth_;
  return fits;
}

bool Evaluation::rules(const Node& node, const At& at) {
  if (node.types != 0 && !type_fits(node.types, at.value)) return no(at, "type");
  for (const Allowed& values : node.allowed) {
    if (!allowed(values, at)) return false;
  }
  if (node.number && at.value.is_number() && !number(*node.number, at)) return false;
  if (node.string && at.value.is_string() && !string(*node.string, at)) return false;
  if (node.array && at.value.is_array() && !array(*node.array, at)) return false;
  if (node.object && at.value.is_object() && !object(*node.object, at)) return false;
  if (node.ref != nullptr && !judge(*node.ref, at)) return false;
  if (node.dynamic_ref != nullptr && !dynamic(node, at)) return false;
  return logic(node, at);
}

bool Evaluation::dynamic(const Node& node, const At& at) {
  if (!node.dynamic_name.empty()) {
    for (const std::uint32_t scope : scopes_) {
      const auto found = program_.dynamic_anchors.find(std::pair(scope, node.dynamic_name));
      if (found != program_.dynamic_anchors.end()) return judge(*found->second, at);
    }
  }
  return judge(*node.dynamic_ref, at);
}

bool Evaluation::logic(const Node& node, const At& at) {
  for (const Node* part : node.all_of) {
    if (!judge(*part, at)) return false;
  }
  for (const auto& [keyword, alternatives] : node.choices) {
    if (!choice(keyword, alternatives, at)) return false;
  }
  if (node.none_of != nullptr && tried(*node.none_of, {at.value, at.path, nullptr})) return no(at, "not");
  if (node.condition == nullptr) return true;
  const Node* branch = tried(*node.condition, at) ? node.then : node.otherwise;
  return branch == nullptr || judge(*branch, at);
}

bool Evaluation::choice(const char* keyword, const Choice& choice, const At& at) {
  const std::vector<const Node*>* candidates = &choice.all;
  if (!choice.member.empty() && at.value.is_object()) {
    const Json* value = at.value.get_object().if_contains(choice.member);
    if (value != nullptr) {
      // Whatever fixes the member to another value cannot fit.
      if (!value->is_string()) return no(at, keyword);
      const auto found = choice.by_value.find(std::string_view(value->get_string().data(), value->get_string().size()));
      if (found == choice.by_value.end()) return no(at, keyword);
      candidates = &found->second;
      if (candidates->size() == 1) return judge(*candidates->front(), at);
    }
  }
  const bool any = keyword[0] == 'a';
  std::size_t fitting = 0;
  for (const Node* candidate : *candidates) {
    if (tried(*candidate, at)) ++fitting;
    if (any && fitting > 0 && at.seen == nullptr) return true;
    if (!any && fitting > 1) return no(at, keyword);
  }
  return fitting > 0 || no(at, keyword);
}

bool Evaluation::unevaluated(const Node& node, const At& at) {
  if (node.unevaluated_items != nullptr && at.value.is_array()) {
    std::size_t i = 0;
    for (const Json& item : at.value.get_array()) {
      const Path path{&at.path, {}, i, true};
      if (!at.seen->has(i) && !below(*node.unevaluated_items, item, path)) return no(at, "unevaluatedItems");
      at.seen->mark(i++);
    }
  }
  if (node.unevaluated_properties != nullptr && at.value.is_object()) {
    std::size_t i = 0;
    for (const auto& member : at.value.get_object()) {
      const Path path{&at.path, {member.key().data(), member.key().size()}, 0, false};
      if (!at.seen->has(i) && !below(*node.unevaluated_properties, member.value(), path)) {
        return no(at, "unevaluatedProperties");
      }
      at.seen->mark(i++);
    }
  }
  return true;
}

}  // namespace sekisho::schemas
