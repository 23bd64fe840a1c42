// From documents to a Program. One file for each group of keywords; this class is what they share.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "schemas/json_schema/index.hpp"
#include "schemas/json_schema/program.hpp"

namespace sekisho::schemas {

class Compiler {
 public:
  Compiler(const SchemaRegistry& registry, const JsonSchemaOptions& options)
      : index_(registry, options.default_draft), program_(std::make_shared<Program>()) {
    program_->options = options;
  }

  [[nodiscard]] Result<std::shared_ptr<const Program>> run(const Json& schema);

 private:
  struct Work {
    Place place;
    Node* node;
    std::string pointer;
  };
  struct Scope {  // one schema object at work
    const JsonObject& object;
    const Place& place;
    const std::string& pointer;
    Node& node;
  };

  Status compile_node(const Work& work);
  Status compile_values(Scope& scope);  // type, enum, const
  Status compile_number(Scope& scope);
  Status compile_string(Scope& scope);
  Status compile_array(Scope& scope);
  Status compile_object(Scope& scope);
  Status compile_dependencies(Scope& scope, ObjectRules& rules);
  Status compile_logic(Scope& scope);
  Status compile_references(Scope& scope);
  Status compile_choice(Scope& scope, const char* keyword);
  void find_dispatch(Scope& scope, const JsonArray& alternatives, Choice& choice);
  // The string that the alternative fixes `member` to, if it does.
  const std::string* fixed_value(const Json& alternative, const Place& place, std::string_view member,
                                 std::string& into);

  // The node for a schema object, compiled later; one for each object however often it is referred to.
  Result<const Node*> node_at(const Place& place, std::string pointer);
  Status child(Scope& scope, const char* keyword, const Node*& into);
  Status children(Scope& scope, const char* keyword, std::vector<const Node*>& into);

  SchemaIndex index_;
  std::shared_ptr<Program> program_;
  std::unordered_map<const Json*, Node*> nodes_;
  std::vector<Work> work_;
};

// Readers of keyword values that name the keyword in their error.
[[nodiscard]] Error misfit(const std::string& pointer, std::string_view keyword, std::string_view wanted);
[[nodiscard]] Status read_count(const JsonObject& object, const char* keyword, const std::string& pointer,
                                std::optional<std::size_t>& into);
[[nodiscard]] Status read_number(const JsonObject& object, const char* keyword, const std::string& pointer,
                                 std::optional<double>& into);
[[nodiscard]] Result<std::vector<std::string>> read_names(const Json& value, const char* keyword,
                                                          const std::string& pointer);

}  // namespace sekisho::schemas
