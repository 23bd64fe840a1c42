// Keywords that the packaged suite has no vectors for (2019-09, 2020-12), refusals, limits, and the reports of misfits.
#include "schemas/json_schema/json_schema.hpp"

#include <gtest/gtest.h>

#include "schemas/json_schema/pattern.hpp"

namespace sekisho::schemas {
namespace {

Json json(const std::string& text) { return boost::json::parse(text); }

struct Case {
  const char* name;
  const char* schema;
  const char* fits;
  const char* misfit;
};

class Keywords : public ::testing::TestWithParam<Case> {};

TEST_P(Keywords, JudgeBothWays) {
  const auto schema = JsonSchema::compile(json(GetParam().schema));
  ASSERT_TRUE(schema) << schema.error().chain();
  EXPECT_TRUE((*schema)->validate(json(GetParam().fits)));
  const Status misfit = (*schema)->validate(json(GetParam().misfit));
  ASSERT_FALSE(misfit);
  EXPECT_EQ(misfit.error().code, Code::JsonShape);
}

INSTANTIATE_TEST_SUITE_P(
    Of202012, Keywords,
    ::testing::Values(
        Case{"prefix_items", R"({"prefixItems":[{"type":"string"}],"items":{"type":"integer"}})", R"(["a",1,2])",
             R"(["a","b"])"},
        Case{"defs_and_anchor", R"({"$defs":{"a":{"$anchor":"name","type":"string"}},"$ref":"#name"})", R"("x")", "1"},
        Case{"ref_with_neighbours", R"({"$defs":{"a":{"type":"object"}},"$ref":"#/$defs/a","required":["b"]})",
             R"({"b":1})", "{}"},
        Case{"dependent_required", R"({"dependentRequired":{"a":["b"]}})", R"({"a":1,"b":2})", R"({"a":1})"},
        Case{"dependent_schemas", R"({"dependentSchemas":{"a":{"required":["b"]}}})", R"({"a":1,"b":2})", R"({"a":1})"},
        Case{"unevaluated_properties_through_all_of",
             R"({"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false})", R"({"a":1})", R"({"b":1})"},
        Case{
            "unevaluated_properties_of_the_fitting_branch_only",
            R"({"anyOf":[{"properties":{"a":{"const":1}},"required":["a"]},{"properties":{"b":{"const":1}},"required":["b"]}],"unevaluatedProperties":false})",
            R"({"a":1,"b":1})", R"({"a":1,"b":2})"},
        Case{"unevaluated_items_after_contains", R"({"contains":{"type":"string"},"unevaluatedItems":false})",
             R"(["a","b"])", R"(["a",1])"},
        Case{
            "unevaluated_through_if",
            R"({"if":{"properties":{"k":{"const":1}},"required":["k"]},"then":{"properties":{"a":true}},"unevaluatedProperties":false})",
            R"({"k":1,"a":2})", R"({"a":2})"},
        Case{"min_contains_zero", R"({"contains":{"const":1},"minContains":0,"maxContains":1})", "[2]", "[1,1]"},
        Case{
            "dynamic_ref_takes_the_outermost",
            R"({"$id":"https://x.test/strict","$dynamicAnchor":"node","$ref":"tree","unevaluatedProperties":false,"$defs":{"tree":{"$id":"tree","$dynamicAnchor":"node","type":"object","properties":{"data":true,"children":{"type":"array","items":{"$dynamicRef":"#node"}}}}}})",
            R"({"children":[{"data":1}]})", R"({"children":[{"daat":1}]})"},
        Case{
            "recursive_ref_of_2019_09",
            R"({"$schema":"https://json-schema.org/draft/2019-09/schema","$recursiveAnchor":true,"type":"object","properties":{"a":{"$recursiveRef":"#"}}})",
            R"({"a":{"a":{}}})", R"({"a":{"a":1}})"},
        Case{
            "tuple_of_2019_09",
            R"({"$schema":"https://json-schema.org/draft/2019-09/schema","items":[{"type":"string"}],"additionalItems":false})",
            R"(["a"])", R"(["a",1])"},
        Case{
            "definition_named_id",
            R"({"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"id":{"type":"string"},"$id":{"type":"integer"}},"properties":{"id":{"$ref":"#/definitions/id"},"n":{"$ref":"#/definitions/%24id"}}})",
            R"({"id":"a","n":1})", R"({"id":"a","n":"b"})"},
        Case{"uuid", R"({"format":"uuid"})", R"("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")", R"("f81d4fae")"},
        Case{"look_ahead_at_the_start", R"({"pattern":"^(?!urn:epc)[a-z:]+$"})", R"("urn:other")", R"("urn:epcx")"},
        Case{
            "one_by_one_member",
            R"({"oneOf":[{"properties":{"resourceType":{"const":"A"},"n":{"type":"integer"}}},{"properties":{"resourceType":{"const":"B"}}}]})",
            R"({"resourceType":"A","n":1})", R"({"resourceType":"A","n":"x"})"},
        Case{
            "one_by_one_member_without_it",
            R"({"oneOf":[{"properties":{"resourceType":{"const":"A"}},"required":["a"]},{"properties":{"resourceType":{"const":"B"}},"required":["b"]}]})",
            R"({"a":1})", R"({"a":1,"b":1})"}),
    [](const auto& one) { return std::string(one.param.name); });

class Refused : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Refused, WithThePlaceInTheSchema) {
  const auto schema = JsonSchema::compile(json(GetParam().first));
  ASSERT_FALSE(schema);
  ASSERT_FALSE(schema.error().help.empty());
  EXPECT_EQ(schema.error().help.front().second, GetParam().second);
}

const std::pair<const char*, const char*> kRefused[] = {
    {R"({"properties":{"a":{"type":"text"}}})", "/properties/a/type"},
    {R"({"properties":{"a/b":7}})", "/properties/a~1b"},
    {R"({"$ref":"https://elsewhere.test/s"})", "/$ref"},
    {R"({"$ref":"#/$defs/none"})", "/$ref"},
    {R"({"pattern":"(a)\\1"})", "/pattern"},
    {R"({"pattern":"a(?=b|c )x"})", "/pattern"},
    {R"({"pattern":"^(?!a)b|c"})", "/pattern"},
    {R"({"minLength":-1})", "/minLength"},
    {R"({"anyOf":[]})", "/anyOf"},
    {R"({"multipleOf":0})", "/multipleOf"},
    {R"({"$schema":"http://json-schema.org/draft-04/schema#"})", "/$schema"}};

INSTANTIATE_TEST_SUITE_P(Schemas, Refused, ::testing::ValuesIn(kRefused));

TEST(JsonSchemaReport, NamesPointerAndKeywordButNoValue) {
  const auto schema = JsonSchema::compile(json(R"({"properties":{"a":{"items":{"type":"integer"}}}})"));
  ASSERT_TRUE(schema);
  const Status misfit = (*schema)->validate(json(R"({"a":[1,"secret"]})"));
  ASSERT_FALSE(misfit);
  const std::vector<std::pair<std::string, std::string>> expected = {{"pointer", "/a/1"}, {"keyword", "type"}};
  EXPECT_EQ(misfit.error().help, expected);
  EXPECT_EQ(misfit.error().chain().find("secret"), std::string::npos);
}

TEST(JsonSchemaReport, GoesIntoTheAlternativeThatTheMemberNames) {
  const auto schema = JsonSchema::compile(json(
      R"({"$schema":"http://json-schema.org/draft-06/schema#","oneOf":[{"$ref":"#/definitions/A"},{"$ref":"#/definitions/B"}],"definitions":{"A":{"properties":{"resourceType":{"const":"A"},"n":{"type":"integer"}}},"B":{"properties":{"resourceType":{"const":"B"}}}}})"));
  ASSERT_TRUE(schema);
  const Status misfit = (*schema)->validate(json(R"({"resourceType":"A","n":"x"})"));
  ASSERT_FALSE(misfit);
  EXPECT_EQ(misfit.error().help.front().second, "/n");
  EXPECT_FALSE((*schema)->validate(json(R"({"resourceType":"C"})")));
}

TEST(JsonSchemaLimits, ACircleThatConsumesNothingEnds) {
  for (const char* text : {R"({"$ref":"#"})", R"({"not":{"$ref":"#"}})", R"({"anyOf":[{"$ref":"#"},true]})"}) {
    const auto schema = JsonSchema::compile(json(text));
    ASSERT_TRUE(schema);
    const Status verdict = (*schema)->validate(Json(1));
    ASSERT_FALSE(verdict) << text;
    EXPECT_EQ(verdict.error().code, Code::LimitExceeded) << text;
  }
}

TEST(JsonSchemaLimits, AnExponentialSchemaIsStopped) {
  std::string text = R"({"$ref":"#/$defs/a0","$defs":{"a30":{"type":"integer"})";
  for (int i = 0; i < 30; ++i) {
    const std::string next = R"({"$ref":"#/$defs/a)" + std::to_string(i + 1) + "\"}";
    text += ",\"a" + std::to_string(i) + R"(":{"allOf":[)" + next + "," + next + "]}";
  }
  const auto schema = JsonSchema::compile(json(text + "}}"), {}, {.steps = 100'000});
  ASSERT_TRUE(schema) << schema.error().chain();
  const Status verdict = (*schema)->validate(Json(1));
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, Code::LimitExceeded);
}

TEST(JsonSchemaOptionsTest, FormatsCanBeMereNotes) {
  const auto schema = JsonSchema::compile(json(R"({"format":"date"})"), {}, {.formats = false});
  ASSERT_TRUE(schema);
  EXPECT_TRUE((*schema)->validate(Json("tomorrow")));
}

TEST(PatternTest, EcmaSpellings) {
  EXPECT_TRUE((*Pattern::compile("^\\u3042[^]\\s$"))->found_in("あx\u00a0"));
  EXPECT_FALSE(Pattern::compile("\\Aa"));
  EXPECT_FALSE(Pattern::compile(std::string(5000, 'a')));
}

}  // namespace
}  // namespace sekisho::schemas
