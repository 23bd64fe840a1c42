// What a schema compiles to: one Node for each schema object, linked by plain pointers that the Program owns.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/core/json.hpp"
#include "schemas/json_schema/format.hpp"
#include "schemas/json_schema/json_schema.hpp"
#include "schemas/json_schema/pattern.hpp"

namespace sekisho::schemas {

struct Node;

// "enum" and "const"; other values than strings by their identity.
struct Allowed {
  const char* keyword = "enum";
  std::set<std::string, std::less<>> strings;
  std::set<std::string, std::less<>> others;
};

// "oneOf" or "anyOf". by_value: the alternatives of each value of `member` when every alternative fixes it.
struct Choice {
  std::vector<const Node*> all;
  std::string member;
  std::map<std::string, std::vector<const Node*>, std::less<>> by_value;
};

struct NumberRules {
  std::optional<double> minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of;
};

struct StringRules {
  std::optional<std::size_t> min_length, max_length;
  std::shared_ptr<const Pattern> pattern;
  Format format = Format::None;
};

struct ArrayRules {
  std::optional<std::size_t> min_items, max_items;
  std::vector<const Node*> prefix;
  const char* rest_keyword = "items";
  const Node* rest = nullptr;
  const Node* contains = nullptr;
  std::size_t min_contains = 1;
  std::optional<std::size_t> max_contains;
  bool contains_evaluates = false;  // 2020-12: "contains" counts for "unevaluatedItems"
  bool unique = false;
};

struct ObjectRules {
  std::optional<std::size_t> min_properties, max_properties;
  std::vector<std::string> required;
  std::map<std::string, const Node*, std::less<>> properties;
  std::vector<std::pair<std::shared_ptr<const Pattern>, const Node*>> patterns;
  const Node* additional = nullptr;
  const Node* names = nullptr;
  std::vector<std::pair<std::string, std::vector<std::string>>> dependent_required;
  std::vector<std::pair<std::string, const Node*>> dependent_schemas;
};

struct Node {
  std::optional<bool> always;  // the schemas true and false
  std::uint8_t types = 0;      // bits of Type; 0: any
  std::uint32_t resource = 0;  // for dynamic references
  std::vector<Allowed> allowed;
  std::unique_ptr<NumberRules> number;
  std::unique_ptr<StringRules> string;
  std::unique_ptr<ArrayRules> array;
  std::unique_ptr<ObjectRules> object;
  const Node* ref = nullptr;
  const Node* dynamic_ref = nullptr;
  std::string dynamic_name;  // empty: dynamic_ref is meant as it stands
  std::vector<const Node*> all_of;
  std::vector<std::pair<const char*, Choice>> choices;
  const Node* none_of = nullptr;
  const Node* condition = nullptr;
  const Node* then = nullptr;
  const Node* otherwise = nullptr;
  const Node* unevaluated_items = nullptr;
  const Node* unevaluated_properties = nullptr;
};

enum Type : std::uint8_t {
  kNull = 1,
  kBoolean = 2,
  kObject = 4,
  kArray = 8,
  kNumber = 16,
  kString = 32,
  kInteger = 64
};

struct Program {
  JsonSchemaOptions options;
  std::deque<Node> nodes;
  const Node* root = nullptr;
  std::map<std::pair<std::uint32_t, std::string>, const Node*> dynamic_anchors;  // by resource and name
};

}  // namespace sekisho::schemas
