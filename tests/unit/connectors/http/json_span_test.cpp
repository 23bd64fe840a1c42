#include "connectors/http/json_span.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/core/json.hpp"

namespace sekisho::connectors {
namespace {

TEST(JsonSpan, FindsTheTextOfValues) {
  constexpr std::string_view kText =
      R"( {"a" : [1.50, "x,]\"\\", {"b":null} ] , "c\u0064":{"e/f":{"~":true}}, "":-0 } )";
  struct Case {
    const char* pointer;
    const char* text;
  };
  const Case cases[] = {{"/a/0", "1.50"}, {"/a/1", R"("x,]\"\\")"}, {"/a/2/b", "null"}, {"/cd/e~1f/~0", "true"},
                        {"/", "-0"},      {"/a/2", R"({"b":null})"}};
  for (const Case& c : cases) {
    const auto found = raw_at(kText, c.pointer);
    ASSERT_TRUE(found) << c.pointer;
    EXPECT_EQ(*found, c.text) << c.pointer;
  }
  for (const char* pointer : {"/b", "/a/3", "/a/x", "/a/0/b", "a", "/cd/e"})
    EXPECT_FALSE(raw_at(kText, pointer)) << pointer;
  EXPECT_EQ(raw_elements("[ 1 ,[2,{}],\"]\" ]"), (std::vector<std::string_view>{"1", "[2,{}]", "\"]\""}));
  EXPECT_TRUE(raw_elements("[ ]").empty());
  EXPECT_EQ(on_one_line("{ \"a b\\\" \\\\\" :\r\n [1 ,\t2 ] }"), "{\"a b\\\" \\\\\":[1,2]}");
}

// Any octets: nothing is read outside, and every part lies inside.
TEST(JsonSpan, NoTextLeadsOutside) {
  ASSERT_TRUE(rc::check("parts lie inside", [](const std::string& tail) {
    const std::string text = "[{\"a\":" + tail;
    for (const std::string_view part : raw_elements(text)) {
      RC_ASSERT(part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
    }
    (void)raw_at(text, "/0/a");
    (void)on_one_line(text);
  }));
}

TEST(JsonSpan, OneLineMeansTheSame) {
  ASSERT_TRUE(rc::check("same document", [](const std::vector<std::pair<std::string, std::vector<int>>>& members) {
    JsonObject object;
    std::string spaced = "{\n";
    for (const auto& [name, numbers] : members) {
      std::string plain;
      for (const char c : name) plain += static_cast<char>(' ' + (static_cast<unsigned char>(c) % 90));
      if (!object.emplace(plain, JsonArray(numbers.begin(), numbers.end())).second) continue;
      spaced += (spaced.size() > 2 ? " ,\t" : " ") + to_text(Json(plain)) + " :\r\n" + to_text(object.at(plain));
    }
    spaced += "}";
    const std::string line = on_one_line(spaced);
    RC_ASSERT(line == to_text(Json(object)));
  }));
}

}  // namespace
}  // namespace sekisho::connectors
