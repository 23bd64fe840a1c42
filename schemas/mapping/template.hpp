// What a mapping is made of. Internal to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/result.hpp"

namespace sekisho::schemas {

struct Pointer {
  std::string text;
  std::vector<std::string> tokens;
};

struct Template {
  enum class Kind : std::uint8_t { Literal, Object, Array, From, Text };
  struct Part {
    std::string text;  // as written, in front of the place
    std::optional<Pointer> place;
  };
  Kind kind = Kind::Literal;
  Json literal;
  // Not a vector of pairs: clang 19 asks whether a pair can be destroyed before the template is complete.
  struct Member;
  std::vector<Member> members;
  Pointer from;
  std::vector<Part> parts;  // Text
  bool encode = false;      // percent-encode what is put in
  bool number = false;
  std::optional<JsonObject> table;
  std::optional<Json> otherwise;
};

struct Template::Member {
  std::string name;  // empty in an Array
  Template value;
};

// Null when there is nothing.
[[nodiscard]] const Json* value_at(const Json& record, const Pointer& pointer);
[[nodiscard]] Result<Template> parse_template(const Json& document);

}  // namespace sekisho::schemas
