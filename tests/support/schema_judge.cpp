// Our JSON Schema validator as a judge, line by line on stdin (tests/e2e/sources/ajv_test.py): {"start": draft},
// {"add": uri, "document": schema}, {"compile": schema}, {"judge": instance}; the last two are answered by a line:
// compiled, valid, invalid or error.
#include <iostream>
#include <string>

#include "schemas/json_schema/json_schema.hpp"

namespace {

using namespace sekisho;
using schemas::JsonSchema;

struct Judge {
  schemas::SchemaRegistry registry;
  schemas::JsonSchemaOptions options;
  std::shared_ptr<const JsonSchema> schema;

  std::string step(const JsonObject& line) {
    if (const Json* draft = line.if_contains("start")) {
      registry = {};
      options.default_draft = *draft == Json("07") ? schemas::Draft::Draft07 : schemas::Draft::Draft202012;
      return {};
    }
    if (const Json* uri = line.if_contains("add")) {
      const Status added = registry.add(std::string_view(uri->get_string()), line.at("document"));
      return added ? std::string() : "error " + added.error().chain();
    }
    if (const Json* document = line.if_contains("compile")) {
      const auto compiled = JsonSchema::compile(*document, registry, options);
      schema = compiled ? *compiled : nullptr;
      return compiled ? "compiled" : "error " + compiled.error().chain();
    }
    if (!schema) return "error no schema";
    const Status verdict = schema->validate(line.at("judge"));
    if (verdict) return "valid";
    return verdict.error().code == Code::JsonShape ? "invalid" : "error " + verdict.error().chain();
  }
};

}  // namespace

int main() {
  Judge judge;
  std::string line;
  while (std::getline(std::cin, line)) {
    const std::string said = judge.step(boost::json::parse(line).as_object());
    if (!said.empty()) std::cout << said << '\n';
  }
  return 0;
}
