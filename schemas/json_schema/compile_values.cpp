// type, enum, const; numbers; strings.
#include <fmt/format.h>

#include "schemas/json_schema/compiler.hpp"
#include "schemas/json_schema/identity.hpp"

namespace sekisho::schemas {
namespace {

std::uint8_t type_named(const Json& value) {
  if (!value.is_string()) return 0;
  const std::string_view name(value.get_string().data(), value.get_string().size());
  if (name == "null") return kNull;
  if (name == "boolean") return kBoolean;
  if (name == "object") return kObject;
  if (name == "array") return kArray;
  if (name == "number") return kNumber;
  if (name == "string") return kString;
  if (name == "integer") return kInteger;
  return 0;
}

void allow(Allowed& allowed, const Json& value) {
  if (value.is_string()) {
    allowed.strings.emplace(value.get_string().data(), value.get_string().size());
  } else {
    allowed.others.insert(identity(value));
  }
}

}  // namespace

Status Compiler::compile_values(Scope& scope) {
  if (const Json* type = scope.object.if_contains("type")) {
    const JsonArray one(1, *type);
    for (const Json& name : type->is_array() ? type->get_array() : one) {
      const std::uint8_t bit = type_named(name);
      if (bit == 0) return fail(misfit(scope.pointer, "type", "a known type"));
      scope.node.types |= bit;
    }
    if (scope.node.types == 0) return fail(misfit(scope.pointer, "type", "a known type"));
  }
  if (const Json* values = scope.object.if_contains("enum")) {
    if (!values->is_array()) return fail(misfit(scope.pointer, "enum", "a list"));
    Allowed allowed;
    for (const Json& value : values->get_array()) allow(allowed, value);
    scope.node.allowed.push_back(std::move(allowed));
  }
  if (const Json* value = scope.object.if_contains("const")) {
    Allowed allowed;
    allowed.keyword = "const";
    allow(allowed, *value);
    scope.node.allowed.push_back(std::move(allowed));
  }
  return {};
}

Status Compiler::compile_number(Scope& scope) {
  auto rules = std::make_unique<NumberRules>();
  const std::pair<const char*, std::optional<double>*> keywords[] = {
      {"minimum", &rules->minimum},
      {"maximum", &rules->maximum},
      {"exclusiveMinimum", &rules->exclusive_minimum},
      {"exclusiveMaximum", &rules->exclusive_maximum},
      {"multipleOf", &rules->multiple_of},
  };
  bool any = false;
  for (const auto& [keyword, into] : keywords) {
    Status read = read_number(scope.object, keyword, scope.pointer, *into);
    if (!read) return read;
    any = any || into->has_value();
  }
  if (rules->multiple_of && *rules->multiple_of <= 0) return fail(misfit(scope.pointer, "multipleOf", "above zero"));
  if (any) scope.node.number = std::move(rules);
  return {};
}

Status Compiler::compile_string(Scope& scope) {
  auto rules = std::make_unique<StringRules>();
  Status least = read_count(scope.object, "minLength", scope.pointer, rules->min_length);
  if (!least) return least;
  Status most = read_count(scope.object, "maxLength", scope.pointer, rules->max_length);
  if (!most) return most;
  if (const Json* pattern = scope.object.if_contains("pattern")) {
    if (!pattern->is_string()) return fail(misfit(scope.pointer, "pattern", "a string"));
    auto compiled = Pattern::compile({pattern->get_string().data(), pattern->get_string().size()});
    if (!compiled) {
      return fail(Error(compiled.error().code, "a \"pattern\" of a schema is not taken", compiled.error())
                      .with("pointer", scope.pointer + "/pattern"));
    }
    rules->pattern = *compiled;
  }
  const Json* format = scope.object.if_contains("format");
  if (format != nullptr && format->is_string() && program_->options.formats) {
    rules->format = format_named({format->get_string().data(), format->get_string().size()});
  }
  if (rules->min_length || rules->max_length || rules->pattern || rules->format != Format::None) {
    scope.node.string = std::move(rules);
  }
  return {};
}

}  // namespace sekisho::schemas
