#include "base/core/yaml.hpp"

#include <gtest/gtest.h>

namespace sekisho {
namespace {

std::string help(const Error& error, std::string_view name) {
  for (const auto& [key, value] : error.help) {
    if (key == name) return value;
  }
  return "none";
}

TEST(Yaml, ReadsWhatPeopleWrite) {
  const auto value = parse_yaml(R"(# settings of a node
dns: farm.jp.example
listen:
  peer: 127.0.0.1:8443
  ports: [1, 2, 3]     # flow
zone: {name: "jp", level: 2.5, on_hold: false}
nothing: null
empty: {}
none: []
text: |
  two
  lines
folded: >-
  one
  line
quoted: "a\tb\u00e9"
single: 'it''s'
version: "1.0"
address: 10.0.0.1
date: 2026-11-24T00:00:00Z
path: /var/lib/x
negative: -5
kanji: 関所
list:
  - name: a
  - name: b
    more: [x, {w: z}]
)");
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(to_text(*value),
            R"({"dns":"farm.jp.example","listen":{"peer":"127.0.0.1:8443","ports":[1,2,3]},)"
            R"("zone":{"name":"jp","level":2.5E0,"on_hold":false},"nothing":null,"empty":{},"none":[],)"
            R"("text":"two\nlines\n","folded":"one line","quoted":"a\tbé","single":"it's","version":"1.0",)"
            R"("address":"10.0.0.1","date":"2026-11-24T00:00:00Z","path":"/var/lib/x","negative":-5,"kanji":"関所",)"
            R"("list":[{"name":"a"},{"name":"b","more":["x",{"w":"z"}]}]})");
}

struct Case {
  const char* name;
  std::string text;
  const char* line;  // of the refusal; "" means accepted
  const char* column;
};

TEST(Yaml, RefusesWhatHasTwoReadings) {
  const Case cases[] = {
      {"start marker", "---\na: 1\n", "", ""},
      {"end marker", "a: 1\n...\n", "", ""},
      {"Windows lines", "a: 1\r\nb: 2\r\n", "", ""},
      {"question mark key", "? a\n: 1\n", "", ""},
      {"quoted words", "a: 'yes'\nb: \"1e3\"\n\"no\": x\n", "", ""},
      {"numbers of JSON", "a: [0, -1, 1.5, 1e3, -1.5E-7]\n", "", ""},
      {"nothing", "", "1", "1"},
      {"comment only", "# x\n", "1", "1"},
      {"anchor", "a: &x 1\n", "1", "4"},
      {"anchor on a map", "a: &x\n  b: 1\n", "1", "4"},
      {"alias", "a: &x 1\nb: *x\n", "1", "4"},
      {"alias of nothing", "b: *x\n", "1", "4"},
      {"tag", "a: !!str 1\n", "1", "4"},
      {"own tag", "a: !x 1\n", "1", "4"},
      {"tag without a name", "a: ! 1\n", "1", "4"},
      {"verbatim tag", "a: !<tag:yaml.org,2002:str> 1\n", "1", "4"},
      {"tag on a map", "a: !!map {}\n", "1", "4"},
      {"tag on a list", "a: !!seq []\n", "1", "4"},
      {"binary", "a: !!binary aGk=\n", "1", "4"},
      {"duplicate key", "a: 1\nb: 2\na: 3\n", "3", "1"},
      {"duplicate in flow", "x: {a: 1, 'a': 2}\n", "1", "11"},
      {"duplicate by escape", "a: 1\n\"\\x61\": 2\n", "2", "1"},
      {"merge key", "a: {b: 1}\nc:\n  <<: {b: 2}\n", "3", "3"},
      {"two documents", "a: 1\n---\nb: 2\n", "2", "1"},
      {"two documents, the second empty", "a: 1\n---\n", "2", "1"},
      {"directive", "%YAML 1.2\n---\na: 1\n", "1", "1"},
      {"tag directive", "%TAG ! tag:x,2000:\n---\na: 1\n", "1", "1"},
      {"tab for indent", "a:\n\tb: 1\n", "2", "1"},
      {"tab in the middle", "a:\t1\n", "1", "3"},
      {"empty value", "a:\nb: 1\n", "1", "1"},
      {"empty value before null", "a:\nnull: 1\n", "2", "1"},
      {"tilde", "a: ~\n", "1", "1"},
      {"Null", "a: Null\n", "1", "1"},
      {"empty element", "a:\n  -\n  - 1\n", "3", "3"},
      {"yes", "a: yes\n", "1", "4"},
      {"No", "a: No\n", "1", "4"},
      {"ON", "a: ON\n", "1", "4"},
      {"off", "a: [off]\n", "1", "5"},
      {"y", "a: y\n", "1", "4"},
      {"True", "a: True\n", "1", "4"},
      {"TRUE", "a: TRUE\n", "1", "4"},
      {"octal of 1.1", "mode: 0644\n", "1", "7"},
      {"octal of 1.2", "mode: 0o644\n", "1", "7"},
      {"hexadecimal", "a: 0x1F\n", "1", "4"},
      {"binary digits", "a: 0b11\n", "1", "4"},
      {"underscores", "a: 1_000\n", "1", "4"},
      {"plus", "a: +1\n", "1", "4"},
      {"point first", "a: .5\n", "1", "4"},
      {"point last", "a: 5.\n", "1", "4"},
      {"infinity", "a: .inf\n", "1", "4"},
      {"minus infinity", "a: -.INF\n", "1", "4"},
      {"not a number", "a: .NaN\n", "1", "4"},
      {"base 60", "a: 12:30:45\n", "1", "4"},
      {"port map", "a: 22:22\n", "1", "4"},
      {"overflow", "a: 1e999\n", "1", "4"},
      {"beyond 2^53", "a: 9007199254740993\n", "1", "4"},
      {"beyond 2^53 with an exponent", "a: 1e16\n", "1", "4"},
      {"zero in a key", "\"a\\0b\": 1\n", "1", "1"},
      {"number as key", "1: a\n", "1", "1"},
      {"true as key", "true: a\n", "1", "1"},
      {"null as key", "null: a\n", "1", "1"},
      {"map as key", "? {a: 1}\n: 2\n", "1", "3"},
      {"list as key", "[a]: 1\n", "1", "1"},
      {"cut quotes", "a: \"b\n", "1", "4"},
      {"cut quotes after an escape", "a: \"b\\\"", "1", "8"},
      {"cut single quotes", "a: 'b''\n", "1", "4"},
      {"bad indent", "a: 1\n  b: 2\n", "2", "4"},
      {"control character", "a: \x01\n", "1", "4"},
      {"zero", std::string("a: \0\n", 5), "1", "4"},
      {"not UTF-8", "a: 1\nb: \xff\n", "2", "4"},
      {"byte order mark",
       "\xef\xbb\xbf"
       "a: 1\n",
       "1", "1"},
      {"carriage return alone", "a: 1\rb: 2\n", "1", "5"},
      {"surrogate by escape", "a: \"\\ud800\"\n", "1", "11"},
  };
  for (const Case& c : cases) {
    const auto value = parse_yaml(c.text);
    if (*c.line == '\0') {
      EXPECT_TRUE(value) << c.name << ": " << value.error().message;
      continue;
    }
    ASSERT_FALSE(value) << c.name << " gave " << to_text(*value);
    EXPECT_EQ(value.error().code, Code::YamlSyntax) << c.name;
    EXPECT_EQ(help(value.error(), "line"), c.line) << c.name << ": " << value.error().message;
    EXPECT_EQ(help(value.error(), "column"), c.column) << c.name << ": " << value.error().message;
    EXPECT_TRUE(value.error().message.starts_with("line ")) << c.name;
  }
}

TEST(Yaml, RefusesWhatIsCutOff) {
  for (const char* text : {"a: [1, 2\n",  "a: [1, x\n", "a: [1, \"x\"\n", "a: [x: z\n", "a: {b: 1\n",
                           "a: {b: c",    "a: {b",      "a: {b:",         "[",          "{",
                           "a: [",        "a: {",       "a: [1,",         "a: [[1]",    "a: {b: [1}",
                           "a: [1}",      "a: \"",      "a: '",           "\"a",        "- \"b\n- c\n",
                           "? \"a\n: b\n"}) {
    const auto value = parse_yaml(text);
    EXPECT_FALSE(value) << text << " gave " << to_text(*value);
  }
}

TEST(Yaml, HoldsItsLimits) {
  std::string flow = "a: " + std::string(100'000, '[');
  EXPECT_FALSE(parse_yaml(flow));
  JsonLimits limits;
  limits.depth = 2;
  EXPECT_TRUE(parse_yaml("a: [1]\n", limits));
  EXPECT_FALSE(parse_yaml("a: [[1]]\n", limits));
  limits.bytes = 5;
  EXPECT_EQ(parse_yaml("a: 123\n", limits).error().code, Code::LimitExceeded);
  limits = {};
  limits.values = 3;
  EXPECT_TRUE(parse_yaml("[1, 2]\n", limits));
  EXPECT_FALSE(parse_yaml("[1, 2, 3]\n", limits));
}

}  // namespace
}  // namespace sekisho
