#include "schemas/mapping/mapping.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sekisho::schemas {
namespace {

Json json(std::string_view text) {
  const auto parsed = parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : Json();
}

std::string pointer_of(const Error& error) {
  for (const auto& [name, value] : error.help) {
    if (name == "pointer") return value;
  }
  return "none";
}

struct Case {
  const char* name;
  const char* mapping;
  const char* record;
  const char* written;
};

TEST(Mapping, WritesWhatTheTemplateSays) {
  const std::vector<Case> cases = {
      {"literals", R"({"type":"A","n":[1,true,null,{"x":"y"}]})", "{}", R"({"type":"A","n":[1,true,null,{"x":"y"}]})"},
      {"a value of any kind", R"({"a":{"$from":"/p/q"}})", R"({"p":{"q":[1,{"z":2}]}})", R"({"a":[1,{"z":2}]})"},
      {"an element", R"({"a":{"$from":"/p/1"}})", R"({"p":[7,8]})", R"({"a":8})"},
      {"an escaped pointer", R"({"a":{"$from":"/b~1c~0d"}})", R"({"b/c~d":1})", R"({"a":1})"},
      {"text", R"({"a":{"$text":"{/d}T00:00:00+09:00"}})", R"({"d":"2026-01-02"})",
       R"({"a":"2026-01-02T00:00:00+09:00"})"},
      {"text of numbers and truth", R"({"a":{"$text":"{/i} {/f} {/b}"}})", R"({"i":-3,"f":1.5,"b":true})",
       R"({"a":"-3 1.5 true"})"},
      {"an encoded text", R"({"a":{"$uri":"urn:x:{/k}"}})", R"({"k":"a b/田"})", R"({"a":"urn:x:a%20b%2F%E7%94%B0"})"},
      {"missing leaves the member out", R"({"a":{"$from":"/p"},"b":1})", "{}", R"({"b":1})"},
      {"null is missing", R"({"a":{"$from":"/p"},"b":1})", R"({"p":null})", R"({"b":1})"},
      {"missing within a text", R"({"a":{"$text":"{/p}-{/q}"},"b":1})", R"({"p":"x"})", R"({"b":1})"},
      {"missing within an array leaves it out", R"({"a":[{"$from":"/x"},{"$from":"/y"}],"b":1})", R"({"x":1})",
       R"({"b":1})"},
      {"else", R"({"a":{"$from":"/p","$else":{"k":0}}})", "{}", R"({"a":{"k":0}})"},
      {"a table", R"({"a":{"$from":"/p","$in":{"r":"rice"}}})", R"({"p":"r"})", R"({"a":"rice"})"},
      {"a table without the name", R"({"a":{"$from":"/p","$in":{"r":"rice"},"$else":"other"}})", R"({"p":"s"})",
       R"({"a":"other"})"},
      {"a table of texts put together", R"({"a":{"$text":"{/p}{/q}","$in":{"r1":true}}})", R"({"p":"r","q":1})",
       R"({"a":true})"},
      {"a number from a text", R"({"a":{"$from":"/p","$as":"number"}})", R"({"p":"23.5"})", R"({"a":2.35E1})"},
      {"an empty text is no number", R"({"a":{"$from":"/p","$as":"number"},"b":1})", R"({"p":""})", R"({"b":1})"},
      {"a number stays", R"({"a":{"$from":"/p","$as":"number"}})", R"({"p":4})", R"({"a":4})"},
  };
  for (const Case& c : cases) {
    const Result<Mapping> mapping = Mapping::parse(json(c.mapping));
    ASSERT_TRUE(mapping) << c.name << ' ' << mapping.error().chain();
    const Result<Json> written = mapping->apply(json(c.record));
    ASSERT_TRUE(written) << c.name << ' ' << written.error().chain();
    EXPECT_EQ(to_text(*written), to_text(json(c.written))) << c.name;
  }
}

TEST(Mapping, StopsAtAValueThatDoesNotFit) {
  const std::vector<Case> cases = {
      {"an unknown name", R"({"a":{"$from":"/p","$in":{"r":1}}})", R"({"p":"secret"})", "/p"},
      {"an object in a text", R"({"a":{"$text":"x{/p}"}})", R"({"p":{}})", "/p"},
      {"no number", R"({"a":{"$from":"/p","$as":"number"}})", R"({"p":"secret"})", "/p"},
      {"half a number", R"({"a":{"$from":"/p","$as":"number"}})", R"({"p":"1kg"})", "/p"},
      {"an infinite number", R"({"a":{"$from":"/p","$as":"number"}})", R"({"p":"1e999"})", "/p"},
      {"not a number", R"({"a":{"$from":"/p","$as":"number"}})", R"({"p":"nan"})", "/p"},
      {"a truth is no number", R"({"a":{"$from":"/p","$as":"number"}})", R"({"p":true})", "/p"},
  };
  for (const Case& c : cases) {
    const Result<Json> written = Mapping::parse(json(c.mapping))->apply(json(c.record));
    ASSERT_FALSE(written) << c.name;
    EXPECT_EQ(written.error().code, Code::JsonShape) << c.name;
    EXPECT_EQ(pointer_of(written.error()), c.written) << c.name;
    EXPECT_EQ(written.error().chain().find("secret"), std::string::npos) << c.name;
  }
}

TEST(Mapping, CountsWhatItCopies) {
  JsonObject many;
  for (int i = 0; i < 200; ++i) many[std::to_string(i)] = JsonObject{{"$from", "/p"}};
  const Result<Mapping> mapping = Mapping::parse(Json(many));
  ASSERT_TRUE(mapping);
  EXPECT_TRUE(mapping->apply(Json(JsonObject{{"p", std::string(5000, 'x')}})));
  const Result<Json> over = mapping->apply(Json(JsonObject{{"p", std::string(6000, 'x')}}));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Code::LimitExceeded);
}

TEST(Mapping, RefusesWhatIsNoTemplate) {
  struct Bad {
    const char* name;
    std::string mapping;
    const char* pointer;
  };
  std::string deep = "1";
  for (int i = 0; i < 20; ++i) deep = R"({"a":)" + deep + "}";
  const std::vector<Bad> cases = {
      {"no object", "[1]", ""},
      {"two kinds", R"({"a":{"$from":"/p","$text":"x"}})", "/a"},
      {"none", R"({"a":{"$else":1}})", "/a"},
      {"an unknown member", R"({"a":{"$from":"/p","$when":1}})", "/a/$when"},
      {"a plain member beside", R"({"a":{"$from":"/p","b":1}})", "/a/b"},
      {"no pointer", R"({"a":{"$from":"p"}})", "/a/$from"},
      {"a bad escape", R"({"a":{"$from":"/p~2"}})", "/a/$from"},
      {"an open brace", R"({"a":{"$text":"x{/p"}})", "/a/$text"},
      {"an empty place", R"({"a":{"$text":"x{}"}})", "/a/$text"},
      {"a table that is none", R"({"a":{"$from":"/p","$in":["r"]}})", "/a/$in"},
      {"another kind of number", R"({"a":{"$from":"/p","$as":"integer"}})", "/a/$as"},
      {"a number of a text", R"({"a":{"$text":"{/p}","$as":"number"}})", "/a/$as"},
      {"too deep", deep, "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"},
  };
  for (const Bad& c : cases) {
    const Result<Mapping> mapping = Mapping::parse(json(c.mapping));
    ASSERT_FALSE(mapping) << c.name;
    EXPECT_EQ(mapping.error().code, Code::JsonShape) << c.name;
    EXPECT_EQ(pointer_of(mapping.error()), c.pointer) << c.name;
  }
}

}  // namespace
}  // namespace sekisho::schemas
