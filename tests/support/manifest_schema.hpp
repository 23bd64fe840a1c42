// The published schema of source manifests, as a second judge of every manifest that the tests read.
#pragma once

#include <gtest/gtest.h>

#include "connectors/manifest_schema.hpp"
#include "schemas/json_schema/json_schema.hpp"

namespace sekisho::test {

inline const schemas::JsonSchema& manifest_schema() {
  static const std::shared_ptr<const schemas::JsonSchema> schema =
      schemas::JsonSchema::compile(
          parse_json(connectors::manifest_schema(), {.bytes = 1U << 20, .depth = 64, .values = 100'000}).value())
          .value();
  return *schema;
}

inline void expect_schema_verdict(const std::string& manifest, bool good) {
  const auto document = parse_json(manifest);
  if (!document) {
    EXPECT_FALSE(good) << manifest;
    return;
  }
  const Status verdict = manifest_schema().validate(*document);
  std::string where;
  if (!verdict) {
    for (const auto& [name, value] : verdict.error().help) where += name + " " + value + " ";
  }
  EXPECT_EQ(verdict.has_value(), good) << manifest << "\n" << where;
}

}  // namespace sekisho::test
