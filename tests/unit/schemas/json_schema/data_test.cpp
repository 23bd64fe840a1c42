// Published schemas with their published examples: EPCIS 2.0, NGSI-LD agrifood, Dataspace Protocol 2025-1.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "schemas/json_schema/json_schema.hpp"
#include "tests/support/test_data.hpp"

namespace sekisho::schemas {
namespace {

namespace fs = std::filesystem;

Json read(const fs::path& path) {
  const auto parsed = parse_json(test::read_text(path), {.bytes = 4U << 20, .depth = 64, .values = 400'000});
  EXPECT_TRUE(parsed) << path << ' ' << (parsed ? "" : parsed.error().chain());
  return parsed ? *parsed : Json();
}

// As published: one EPCIS example has a name twice, which strict JSON refuses.
Json read_loosely(const fs::path& path) { return boost::json::parse(test::read_text(path)); }

// Published examples that miss what their own schemas ask for: times without a zone, an endpoint that is no catalogue.
const std::set<std::string> kFaultyExamples = {"AgriFertilize/example.json",
                                               "AgriPhytosanitary/example.json",
                                               "AgriPhytosanitary/example.jsonld",
                                               "Pen/example.json",
                                               "Pen/example.jsonld",
                                               "dataservice-did-service.json"};

std::string said(const Status& status) {
  if (status) return "fits";
  std::string text = status.error().chain();
  for (const auto& [name, value] : status.error().help) text += " " + name + "=" + value;
  return text;
}

TEST(PublishedSchemas, EveryEpcisExampleFits) {
  SEKISHO_DATA_OR_SKIP(folder, "epcis/gs1");
  const auto schema = JsonSchema::compile(read(folder / "EPCIS-JSON-Schema.json"));
  ASSERT_TRUE(schema) << said(fail(schema.error()));
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "JSON")) {
    if (entry.path().extension() != ".jsonld") continue;
    const Status fits = (*schema)->validate(read_loosely(entry.path()));
    EXPECT_TRUE(fits) << entry.path().filename() << ' ' << said(fits);
    ++count;
  }
  test::print_cases("EPCIS examples by EPCIS-JSON-Schema.json", count);
  EXPECT_EQ(count, 47U);
}

TEST(PublishedSchemas, ADamagedEpcisEventDoesNot) {
  SEKISHO_DATA_OR_SKIP(folder, "epcis/gs1");
  const auto schema = JsonSchema::compile(read(folder / "EPCIS-JSON-Schema.json"));
  ASSERT_TRUE(schema);
  Json document = read(folder / "JSON/Example_9.6.1-ObjectEvent.jsonld");
  document.at("epcisBody").at("eventList").at(0).as_object()["action"] = "PAINT";
  const Status fits = (*schema)->validate(document);
  ASSERT_FALSE(fits);
  EXPECT_EQ(fits.error().code, Code::JsonShape);
}

TEST(PublishedSchemas, AgrifoodExamplesFitTheirModels) {
  SEKISHO_DATA_OR_SKIP(folder, "agrifood");
  SchemaRegistry registry;
  ASSERT_TRUE(registry.add("https://smart-data-models.github.io/data-models/common-schema.json",
                           read(folder / "common-schema.json")));
  ASSERT_TRUE(registry.add(read(folder / "agrifood-schema.json")));
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_directory()) continue;
    const auto schema = JsonSchema::compile(read(entry.path() / "schema.json"), registry);
    ASSERT_TRUE(schema) << entry.path().filename() << ' ' << said(fail(schema.error()));
    for (const char* name : {"example.json", "example.jsonld"}) {
      const fs::path path = entry.path() / "examples" / name;
      if (!fs::exists(path)) continue;
      const Status fits = (*schema)->validate(read(path));
      const std::string title = entry.path().filename().string() + "/" + name;
      EXPECT_EQ(fits.has_value(), !kFaultyExamples.contains(title)) << title << ' ' << said(fits);
      ++count;
    }
  }
  test::print_cases("agrifood examples by their schemas", count);
  EXPECT_GT(count, 20U);
}

TEST(PublishedSchemas, DataspaceProtocolExamplesFit) {
  SEKISHO_DATA_OR_SKIP(folder, "dsp");
  SchemaRegistry registry;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.path().filename().string().ends_with("-schema.json")) continue;
    ASSERT_TRUE(registry.add(read(entry.path())));
  }
  std::size_t count = 0;
  for (const char* part : {"catalog", "negotiation", "transfer", "common"}) {
    for (const auto& entry : fs::directory_iterator(folder / part / "example")) {
      std::string name = entry.path().stem().string();
      if (name.ends_with("_initial")) name.resize(name.size() - 8);
      if (name.ends_with("-full")) name.resize(name.size() - 5);
      if (name.starts_with("nested-")) name.erase(0, 7);
      if (name.ends_with("-did-service")) name = "did-service";
      const auto schema = JsonSchema::compile(read(folder / part / (name + "-schema.json")), registry);
      ASSERT_TRUE(schema) << name << ' ' << said(fail(schema.error()));
      const Status fits = (*schema)->validate(read(entry.path()));
      const std::string title = entry.path().filename().string();
      EXPECT_EQ(fits.has_value(), !kFaultyExamples.contains(title)) << title << ' ' << said(fits);
      ++count;
    }
  }
  test::print_cases("Dataspace Protocol examples by their schemas", count);
  EXPECT_GT(count, 20U);
}

}  // namespace
}  // namespace sekisho::schemas
