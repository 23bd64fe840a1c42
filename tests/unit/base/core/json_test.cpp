#include "base/core/json.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <bit>
#include <cmath>

namespace sekisho {
namespace {

struct Case {
  const char* name;
  std::string text;
  const char* code;  // "" means accepted
};

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(Json, AcceptsOnlyStrictText) {
  const Case cases[] = {
      {"object", R"({"a":1,"b":[true,false,null,"x",1.5]})", ""},
      {"space around", " \t\r\n{ } \n", ""},
      {"scalar", "1", ""},
      {"2^53", "9007199254740992", ""},
      {"minus 2^53", "-9007199254740992", ""},
      {"minus zero", "-0", ""},
      {"surrogate pair", R"("\ud83d\ude00")", ""},
      {"from 1e21 on", "1e21", ""},
      {"deep enough", nested(32), ""},
      {"one name on two levels", R"({"a":{"a":1},"b":{"a":2}})", ""},
      {"empty", "", "JSON_SYNTAX"},
      {"space only", "  ", "JSON_SYNTAX"},
      {"two values", "1 2", "JSON_SYNTAX"},
      {"text after", "{}x", "JSON_SYNTAX"},
      {"zero after", std::string("{}\0", 3), "JSON_SYNTAX"},
      {"cut off", R"({"a":1)", "JSON_SYNTAX"},
      {"cut string", R"("abc)", "JSON_SYNTAX"},
      {"duplicate", R"({"a":1,"a":2})", "JSON_SYNTAX"},
      {"duplicate, same value", R"({"a":1,"a":1})", "JSON_SYNTAX"},
      {"duplicate by escape", R"({"a":1,"\u0061":2})", "JSON_SYNTAX"},
      {"duplicate deep", R"([{"x":{"k":1,"l":2,"k":3}}])", "JSON_SYNTAX"},
      {"duplicate holding an object", R"({"a":{"b":1,"c":2},"a":3})", "JSON_SYNTAX"},
      {"empty name twice", R"({"":1,"":2})", "JSON_SYNTAX"},
      {"NUL in a name", R"({"a\u0000b":1})", "JSON_SYNTAX"},
      {"too deep", nested(33), "JSON_SYNTAX"},
      {"beyond 2^53", "9007199254740993", "JSON_SYNTAX"},
      {"below -2^53", "-9007199254740993", "JSON_SYNTAX"},
      {"over int64", "9223372036854775808", "JSON_SYNTAX"},
      {"over uint64", "123456789012345678901234567890", "JSON_SYNTAX"},
      {"2^53 + 2 as exponent", "9.007199254740994e15", "JSON_SYNTAX"},
      {"1e16", "1e16", "JSON_SYNTAX"},
      {"1e400", "1e400", "JSON_SYNTAX"},
      {"-1e400", "-1e400", "JSON_SYNTAX"},
      {"1e-400", "1e-400", "JSON_SYNTAX"},
      {"exponent that overflows int", "1e99999999999999999999", "JSON_SYNTAX"},
      {"leading zero", "01", "JSON_SYNTAX"},
      {"leading plus", "+1", "JSON_SYNTAX"},
      {"bare point", "1.", "JSON_SYNTAX"},
      {"point first", ".5", "JSON_SYNTAX"},
      {"hexadecimal", "0x1", "JSON_SYNTAX"},
      {"NaN", "NaN", "JSON_SYNTAX"},
      {"Infinity", "Infinity", "JSON_SYNTAX"},
      {"comma at the end", "[1,]", "JSON_SYNTAX"},
      {"comma at the end of an object", R"({"a":1,})", "JSON_SYNTAX"},
      {"single quotes", "{'a':1}", "JSON_SYNTAX"},
      {"no quotes", "{a:1}", "JSON_SYNTAX"},
      {"comment", "/* */ 1", "JSON_SYNTAX"},
      {"line comment", "1 // x", "JSON_SYNTAX"},
      {"byte order mark", "\xef\xbb\xbf{}", "JSON_SYNTAX"},
      {"newline in a string", "\"a\nb\"", "JSON_SYNTAX"},
      {"bad escape", R"("\x41")", "JSON_SYNTAX"},
      {"short escape", R"("\u12")", "JSON_SYNTAX"},
      {"lone high surrogate", R"("\ud800")", "JSON_SYNTAX"},
      {"lone low surrogate", R"("\udc00")", "JSON_SYNTAX"},
      {"high then letter", R"("\ud800a")", "JSON_SYNTAX"},
      {"high then high", R"("\ud800\ud800")", "JSON_SYNTAX"},
      {"lone surrogate in a name", R"({"\udfff":1})", "JSON_SYNTAX"},
      {"stray continuation", "\"\x80\"", "JSON_SYNTAX"},
      {"overlong slash", "\"\xc0\xaf\"", "JSON_SYNTAX"},
      {"surrogate in UTF-8", "\"\xed\xa0\x80\"", "JSON_SYNTAX"},
      {"beyond Unicode", "\"\xf4\x90\x80\x80\"", "JSON_SYNTAX"},
      {"cut character", "\"\xe2\x82\"", "JSON_SYNTAX"},
      {"bad UTF-8 in a name", "{\"\xff\":1}", "JSON_SYNTAX"},
  };
  for (const Case& c : cases) {
    const auto value = parse_json(c.text);
    EXPECT_EQ(value ? std::string_view() : value.error().name(), c.code) << c.name;
  }
}

TEST(Json, HoldsItsLimits) {
  JsonLimits few;
  few.values = 4;
  EXPECT_TRUE(parse_json("[1,2,3]", few));
  EXPECT_FALSE(parse_json("[1,2,3,4]", few));
  JsonLimits small;
  small.bytes = 4;
  EXPECT_TRUE(parse_json("1234", small));
  const auto over = parse_json("12345", small);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Code::LimitExceeded);
  JsonLimits flat;
  flat.depth = 1;
  EXPECT_TRUE(parse_json(R"({"a":1})", flat));
  EXPECT_FALSE(parse_json(R"({"a":{}})", flat));
}

TEST(Json, FindsADuplicateAmongMany) {
  std::string text = "{";
  for (int i = 0; i < 2000; ++i) text += "\"name" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  EXPECT_TRUE(parse_json(text + "\"last\":0}"));
  EXPECT_FALSE(parse_json(text + "\"name1234\":0}"));
}

TEST(Json, ReadsEveryDoubleToTheLastPlace) {
  ASSERT_TRUE(rc::check("what canonical JSON writes reads back as the same double", [] {
    // Sign, exponent and fraction apart, so that all magnitudes come up.
    const auto sign = *rc::gen::inRange<std::uint64_t>(0, 2);
    const auto exponent = *rc::gen::inRange<std::uint64_t>(1, 2047);
    const auto fraction = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 52);
    const double value = std::bit_cast<double>(sign << 63 | exponent << 52 | fraction);
    if (std::fabs(value) > 9007199254740992.0 && std::fabs(value) < 1e21) return;
    const auto text = canonical_json(Json(value));
    RC_ASSERT(text);
    const auto back = parse_json(*text);
    RC_ASSERT(back);
    RC_ASSERT(back->to_number<double>() == value);
  }));
}

TEST(Json, AccessNamesTheMember) {
  const JsonObject object{{"s", "text"}, {"n", 7}, {"o", JsonObject{}}, {"a", JsonArray{}}};
  EXPECT_EQ(get_string(object, "s").value(), "text");
  EXPECT_EQ(get_integer(object, "n").value(), 7);
  EXPECT_TRUE(get_object(object, "o"));
  EXPECT_TRUE(get_array(object, "a"));
  EXPECT_EQ(get_optional_string(object, "missing").value(), std::nullopt);
  EXPECT_EQ(get_optional_string(object, "s").value(), "text");
  const auto wrong = get_optional_string(object, "n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::JsonShape);
  ASSERT_FALSE(wrong.error().help.empty());
  EXPECT_EQ(wrong.error().help[0].second, "/n");
  EXPECT_FALSE(get_string(object, "n"));
  EXPECT_FALSE(get_string(object, "missing"));
  EXPECT_FALSE(get_integer(object, "s"));
  EXPECT_FALSE(get_object(object, "a"));
  EXPECT_FALSE(get_array(object, "o"));
  EXPECT_TRUE(only_members(object, {"s", "n", "o", "a", "more"}));
  const auto unknown = only_members(object, {"s", "n", "o"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().help[0].second, "/a");
}

}  // namespace
}  // namespace sekisho
