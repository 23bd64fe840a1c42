// JSON Schema: compiled once into an immutable program, then judging instances. Pure; nothing is ever fetched.
//
// Drafts 06, 07, 2019-09 and 2020-12, told by "$schema" of each document ("default_draft" where it is absent). Not
// taken, and refused when compiling: other drafts, references to documents that the registry lacks, regular expressions
// that RE2 cannot say (pattern.hpp). A "$ref" whose fragment is a pointer without its first '/' is read as that
// pointer, as some published schemas write it.
//
// "oneOf" and "anyOf" whose every alternative fixes one same member by "const" (FHIR's resourceType) go straight to the
// alternatives of that value: same verdict, no trial of the others.
//
// Errors of compile: JsonShape (help "pointer": where in the schema document) or LimitExceeded.
// Errors of validate: JsonShape with help "pointer" (in the instance) and "keyword", never a value; LimitExceeded when
// the instance costs more than the limits allow (also what a "$ref" cycle that consumes nothing ends in).
// Thread-safe: one program for all threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/core/json.hpp"
#include "schemas/json_schema/registry.hpp"

namespace sekisho::schemas {

enum class Draft : std::uint8_t { Draft06, Draft07, Draft201909, Draft202012 };

struct JsonSchemaOptions {
  Draft default_draft = Draft::Draft202012;
  bool formats = true;             // "format" asserts (date, date-time, time, uri, email, ipv4, ipv6, uuid …)
  std::size_t nodes = 200'000;     // schema objects in one program
  std::size_t depth = 256;         // nested judgements
  std::size_t steps = 10'000'000;  // judgements of one instance
};

struct Program;

class JsonSchema {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const JsonSchema>> compile(const Json& schema,
                                                                         const SchemaRegistry& registry = {},
                                                                         const JsonSchemaOptions& options = {});
  [[nodiscard]] Status validate(const Json& instance) const;

  explicit JsonSchema(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

 private:
  std::shared_ptr<const Program> program_;
};

}  // namespace sekisho::schemas
