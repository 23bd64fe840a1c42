// The official suite for draft-06 and draft-07 (Debian's json-schema-test-suite). What is not taken is named here.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <set>
#include <string>

#include "schemas/json_schema/json_schema.hpp"
#include "tests/support/test_data.hpp"

namespace sekisho::schemas {
namespace {

const std::filesystem::path kSuite = "/usr/share/json-schema-test-suite";
const std::filesystem::path kMeta = "/usr/lib/python3/dist-packages/jsonschema/schemas";

// "file: group: test" of what is decided otherwise, and why.
const std::set<std::string> kNamed = {};

Json read(const std::filesystem::path& path) { return boost::json::parse(test::read_text(path)); }

SchemaRegistry remotes() {
  SchemaRegistry registry;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kSuite / "remotes")) {
    if (!entry.is_regular_file()) continue;
    const std::string name = std::filesystem::relative(entry.path(), kSuite / "remotes").string();
    EXPECT_TRUE(registry.add("http://localhost:1234/" + name, read(entry.path())));
  }
  for (const char* draft : {"draft6", "draft7"}) {
    const auto path = kMeta / (std::string(draft) + ".json");
    if (!std::filesystem::exists(path)) continue;
    EXPECT_TRUE(registry.add(read(path)));
  }
  return registry;
}

struct Count {
  std::size_t passed = 0, total = 0, named = 0;
};

void run_file(const std::filesystem::path& path, const SchemaRegistry& registry, Draft draft, Count& count) {
  JsonSchemaOptions options;
  options.default_draft = draft;
  const Json groups = read(path);
  for (const Json& group : groups.as_array()) {
    const auto compiled = JsonSchema::compile(group.at("schema"), registry, options);
    for (const Json& one : group.at("tests").as_array()) {
      ++count.total;
      const std::string name = path.filename().string() + ": " + group.at("description").as_string().c_str() + ": " +
                               one.at("description").as_string().c_str();
      const Status verdict = compiled ? (*compiled)->validate(one.at("data")) : Status(fail(compiled.error()));
      const bool decided = compiled && (verdict || verdict.error().code == Code::JsonShape);
      if (decided && verdict.has_value() == one.at("valid").as_bool()) {
        ++count.passed;
        EXPECT_FALSE(kNamed.contains(name)) << name << " is no exception any more";
      } else if (kNamed.contains(name)) {
        ++count.named;
      } else {
        ADD_FAILURE() << name << (verdict ? " passes" : ": " + verdict.error().chain());
      }
    }
  }
}

class Suite : public ::testing::TestWithParam<std::pair<const char*, Draft>> {};

TEST_P(Suite, AgreesWithTheOfficialVerdicts) {
  const auto& [folder, draft] = GetParam();
  if (!std::filesystem::exists(kSuite / "tests" / folder)) GTEST_SKIP() << "package json-schema-test-suite is absent";
  if (!std::filesystem::exists(kMeta)) GTEST_SKIP() << "package python3-jsonschema (the meta-schemas) is absent";
  const SchemaRegistry registry = remotes();
  Count count;
  for (const auto& entry : std::filesystem::directory_iterator(kSuite / "tests" / folder)) {
    if (entry.is_regular_file()) run_file(entry.path(), registry, draft, count);
  }
  for (const char* format : {"date-time", "date", "time", "uri", "uri-reference", "email", "ipv4", "ipv6"}) {
    const auto path = kSuite / "tests" / folder / "optional/format" / (std::string(format) + ".json");
    if (std::filesystem::exists(path)) run_file(path, registry, draft, count);
  }
  std::cout << "vectors: " << count.passed << '/' << count.total << " JSON Schema suite " << folder << ", "
            << count.named << " named exceptions\n";
  EXPECT_GT(count.total, 400U);
}

INSTANTIATE_TEST_SUITE_P(Drafts, Suite,
                         ::testing::Values(std::pair("draft6", Draft::Draft06), std::pair("draft7", Draft::Draft07)),
                         [](const auto& one) { return std::string(one.param.first); });

}  // namespace
}  // namespace sekisho::schemas
