// What leaves also fits the dataset's schema: judged is what was written, not what was read.
#include <gtest/gtest.h>

#include "policy/shaper.hpp"
#include "tests/unit/policy/policies.hpp"

namespace sekisho::policy {
namespace {

constexpr std::string_view kSchema = R"({"type":"object","required":["id","kg"],"properties":{
  "id":{"type":"string","pattern":"^urn:"},"kg":{"type":"number","minimum":0}},"additionalProperties":false})";
constexpr std::string_view kView = R"({"rows":[{"pointer":"/lot","op":"eq","value":"L1"}],
  "fields":{"/id":"keep","/kg":"keep","/grower":"drop"}})";

std::shared_ptr<const Shaper> shaper() {
  const auto schema = schemas::JsonSchema::compile(test::json(kSchema));
  const auto view = View::parse(test::json(kView));
  return make_shaper(&*view).value()->with_schema(*schema);
}

std::string help_of(const Error& error, std::string_view name) {
  for (const auto& [key, value] : error.help) {
    if (key == name) return value;
  }
  return "none";
}

TEST(ShaperSchema, LetsPassWhatFitsAfterShaping) {
  // The grower is no member of the schema; the view has taken it away before the schema looks.
  const auto shaped = shaper()->shape(R"({"id":"urn:1","kg":2,"lot":"L1","grower":"x"})");
  ASSERT_TRUE(shaped) << shaped.error().chain();
  EXPECT_EQ(shaped->body, "{\"id\":\"urn:1\",\"kg\":2}\n");
}

TEST(ShaperSchema, StopsAtWhatDoesNot) {
  struct Row {
    const char* name;
    const char* record;
    const char* pointer;
    const char* keyword;
  };
  const std::vector<Row> rows = {
      {"a member is missing", R"({"id":"urn:1","lot":"L1"})", "", "required"},
      {"another kind", R"({"id":"urn:1","kg":"2","lot":"L1"})", "/kg", "type"},
      {"out of range", R"({"id":"urn:1","kg":-1,"lot":"L1"})", "/kg", "minimum"},
      {"another form", R"({"id":"secret","kg":1,"lot":"L1"})", "/id", "pattern"},
  };
  for (const Row& row : rows) {
    const std::string good = "{\"id\":\"urn:0\",\"kg\":1,\"lot\":\"L1\"}\n";
    const auto shaped = shaper()->shape(good + row.record);
    ASSERT_FALSE(shaped) << row.name;
    EXPECT_EQ(shaped.error().code, Code::ViewError) << row.name;
    EXPECT_EQ(help_of(shaped.error(), "line"), "2") << row.name;
    EXPECT_EQ(help_of(shaped.error(), "pointer"), row.pointer) << row.name;
    EXPECT_EQ(help_of(shaped.error(), "keyword"), row.keyword) << row.name;
    EXPECT_EQ(shaped.error().chain().find("secret"), std::string::npos) << row.name;
  }
}

TEST(ShaperSchema, AsksNothingOfRecordsThatStay) {
  const auto shaped = shaper()->shape(R"({"id":7,"lot":"L2"})");
  ASSERT_TRUE(shaped) << shaped.error().chain();
  EXPECT_EQ(shaped->rows_out, 0U);
}

}  // namespace
}  // namespace sekisho::policy
