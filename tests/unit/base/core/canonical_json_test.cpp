// RFC 8785: the example of section 3.2, the names of 3.2.3 and the numbers of appendix B.
#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "base/core/json.hpp"

namespace sekisho {
namespace {

std::string canonical(const Json& value) {
  const auto text = canonical_json(value);
  return text ? *text : "refused: " + text.error().message;
}

TEST(CanonicalJson, WritesTheExampleOfTheStandard) {
  const auto value = parse_json(R"({
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  })");
  ASSERT_TRUE(value);
  EXPECT_EQ(canonical(*value),
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            "\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

TEST(CanonicalJson, SortsNamesByUtf16) {
  const auto value = parse_json(R"({
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
  })");
  ASSERT_TRUE(value);
  const std::string text = canonical(*value);
  const char* const order[] = {"Carriage Return", "One", "Control", "Latin", "Euro Sign", "Emoji", "Hebrew"};
  std::size_t last = 0;
  for (const char* name : order) {
    const std::size_t at = text.find(name);
    ASSERT_NE(at, std::string::npos) << name;
    EXPECT_GT(at, last) << name;
    last = at;
  }
}

TEST(CanonicalJson, SortsAPrefixFirst) {
  EXPECT_EQ(canonical(JsonObject{{"ab", 1}, {"a", 2}, {"", 3}, {"B", 4}}), R"({"":3,"B":4,"a":2,"ab":1})");
}

struct Number {
  std::uint64_t bits;
  const char* text;
};

TEST(CanonicalJson, WritesTheNumbersOfTheStandard) {
  const Number numbers[] = {
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555554, "333333333.33333325"},
      {0x41b3de4355555555, "333333333.3333333"},
      {0x41b3de4355555556, "333333333.3333334"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  };
  for (const Number& n : numbers)
    EXPECT_EQ(canonical(Json(std::bit_cast<double>(n.bits))), n.text) << std::hex << n.bits;
}

TEST(CanonicalJson, RefusesWhatItCannotSay) {
  EXPECT_FALSE(canonical_json(Json(std::numeric_limits<double>::infinity())));
  EXPECT_FALSE(canonical_json(Json(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_FALSE(canonical_json(Json((std::int64_t{1} << 53) + 1)));
  EXPECT_FALSE(canonical_json(Json(-(std::int64_t{1} << 53) - 1)));
  EXPECT_FALSE(canonical_json(Json(std::numeric_limits<std::uint64_t>::max())));
  EXPECT_FALSE(canonical_json(Json("\xff")));
  EXPECT_FALSE(canonical_json(JsonObject{{"\xed\xa0\x80", 1}}));
  Json deep = 1;
  for (int i = 0; i < 1000; ++i) deep = JsonArray{std::move(deep)};
  EXPECT_FALSE(canonical_json(deep));
}

TEST(CanonicalJson, IsAFixedPoint) {
  for (const char* text : {R"({"b":[],"a":{"z":"\u0001\u001f\u007f","y":-1.0e-7},"A":""})", R"([0.1,-0,100,1e2])"}) {
    const auto value = parse_json(text);
    ASSERT_TRUE(value);
    const std::string once = canonical(*value);
    const auto again = parse_json(once);
    ASSERT_TRUE(again) << once;
    EXPECT_EQ(canonical(*again), once);
  }
}

}  // namespace
}  // namespace sekisho
