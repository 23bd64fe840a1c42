#include "base/core/json_stream.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/core/json.hpp"

namespace sekisho {
namespace {

FieldPath path(std::string_view pointer) { return FieldPath::parse(pointer).value(); }

std::string nested(std::size_t depth) {
  std::string open = "{\"a\":";
  std::string close;
  for (std::size_t i = 1; i < depth; ++i) {
    open += '[';
    close += ']';
  }
  return open + "1" + close + "}";
}

struct Case {
  const char* name;
  std::string line;
  const char* code;
};

TEST(RecordParser, AcceptsOnlyStrictObjects) {
  const Case cases[] = {
      {"empty object", "{}", ""},
      {"values of all kinds", R"({"a":[1,-0.5e3,"x",true,false,null,{"b":[]}]})", ""},
      {"space and CR", " { \"a\" : 1 } \r", ""},
      {"integer over 64 bits", R"({"a":123456789012345678901234567890})", ""},
      {"escaped pair", R"({"a":"\ud83d\ude00"})", ""},
      {"one name on two levels", R"({"a":{"a":1}})", ""},
      {"deep enough", nested(32), ""},
      {"nothing", "", "JSON_SYNTAX"},
      {"space", "  ", "JSON_SYNTAX"},
      {"array", "[1]", "JSON_SYNTAX"},
      {"number", "1", "JSON_SYNTAX"},
      {"string", "\"a\"", "JSON_SYNTAX"},
      {"two objects", "{}{}", "JSON_SYNTAX"},
      {"two objects, apart", "{} {}", "JSON_SYNTAX"},
      {"text after", "{}x", "JSON_SYNTAX"},
      {"brace after", "{}}", "JSON_SYNTAX"},
      {"cut off", R"({"a":1)", "JSON_SYNTAX"},
      {"cut in a string", R"({"a":"b)", "JSON_SYNTAX"},
      {"cut in an array", R"({"a":[1)", "JSON_SYNTAX"},
      {"wrong end", R"({"a":[1}})", "JSON_SYNTAX"},
      {"wrong end 2", R"({"a":{"b":1]})", "JSON_SYNTAX"},
      {"comma at the end", R"({"a":1,})", "JSON_SYNTAX"},
      {"comma first", R"({,"a":1})", "JSON_SYNTAX"},
      {"comma missing", R"({"a":1 "b":2})", "JSON_SYNTAX"},
      {"colon missing", R"({"a" 1})", "JSON_SYNTAX"},
      {"value missing", R"({"a":})", "JSON_SYNTAX"},
      {"array comma at the end", R"({"a":[1,]})", "JSON_SYNTAX"},
      {"array two commas", R"({"a":[1,,2]})", "JSON_SYNTAX"},
      {"name without quotes", R"({a:1})", "JSON_SYNTAX"},
      {"number as name", R"({1:1})", "JSON_SYNTAX"},
      {"duplicate", R"({"a":1,"a":2})", "JSON_SYNTAX"},
      {"duplicate by escape", R"({"a":1,"\u0061":2})", "JSON_SYNTAX"},
      {"duplicate in an array's object", R"({"x":[{"k":1,"k":1}]})", "JSON_SYNTAX"},
      {"duplicate of an object", R"({"a":{"b":1},"a":{"c":1}})", "JSON_SYNTAX"},
      {"leading zero", R"({"a":01})", "JSON_SYNTAX"},
      {"plus", R"({"a":+1})", "JSON_SYNTAX"},
      {"bare point", R"({"a":1.})", "JSON_SYNTAX"},
      {"bare minus", R"({"a":-})", "JSON_SYNTAX"},
      {"bare exponent", R"({"a":1e})", "JSON_SYNTAX"},
      {"number with letters", R"({"a":1x})", "JSON_SYNTAX"},
      {"number with quote", R"({"a":1"b"})", "JSON_SYNTAX"},
      {"string with letters", R"({"a":"b"c})", "JSON_SYNTAX"},
      {"overflow", R"({"a":1e999})", "JSON_SYNTAX"},
      {"overflow by digits", "{\"a\":1" + std::string(400, '0') + ".5}", "JSON_SYNTAX"},
      {"NaN", R"({"a":NaN})", "JSON_SYNTAX"},
      {"nul", R"({"a":nul})", "JSON_SYNTAX"},
      {"nulll", R"({"a":nulll})", "JSON_SYNTAX"},
      {"True", R"({"a":True})", "JSON_SYNTAX"},
      {"comment", R"({"a":1/**/})", "JSON_SYNTAX"},
      {"lone high", R"({"a":"\ud800"})", "JSON_SYNTAX"},
      {"lone low", R"({"a":"\udc00"})", "JSON_SYNTAX"},
      {"lone low in a name", R"({"\udc00":1})", "JSON_SYNTAX"},
      {"bad escape", R"({"a":"\x"})", "JSON_SYNTAX"},
      {"bad escape in a name", R"({"\q":1})", "JSON_SYNTAX"},
      {"control character", "{\"a\":\"\x01\"}", "JSON_SYNTAX"},
      {"newline in a string", "{\"a\":\"\n\"}", "JSON_SYNTAX"},
      {"zero octet", std::string("{\"a\":1\0}", 8), "JSON_SYNTAX"},
      {"bad UTF-8", "{\"a\":\"\xff\"}", "JSON_SYNTAX"},
      {"overlong", "{\"a\":\"\xc0\x80\"}", "JSON_SYNTAX"},
      {"surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}", "JSON_SYNTAX"},
      {"byte order mark", "\xef\xbb\xbf{}", "JSON_SYNTAX"},
      {"too deep", nested(33), "LIMIT_EXCEEDED"},
      {"far too deep", nested(2000), "LIMIT_EXCEEDED"},
  };
  RecordParser parser;
  for (const Case& c : cases) {
    const auto record = parser.parse(c.line);
    EXPECT_EQ(record ? std::string_view() : record.error().name(), c.code) << c.name;
  }
}

TEST(RecordParser, FindsADuplicateAmongMany) {
  std::string line = "{";
  for (int i = 0; i < 500; ++i) line += "\"name" + std::to_string(i) + "\":1,";
  RecordParser parser;
  EXPECT_TRUE(parser.parse(line + "\"last\":1}"));
  EXPECT_FALSE(parser.parse(line + "\"name123\":1}"));
}

TEST(RecordParser, HoldsItsLimits) {
  RecordParser small({.bytes = 8, .depth = 2, .values = 2});
  EXPECT_TRUE(small.parse(R"({"a":1})"));
  EXPECT_EQ(small.parse(R"({"a":123})").error().code, Code::LimitExceeded);
  RecordParser few({.bytes = 100, .depth = 2, .values = 2});
  EXPECT_TRUE(few.parse(R"({"a":1,"b":2})"));
  EXPECT_EQ(few.parse(R"({"a":1,"b":2,"c":3})").error().code, Code::LimitExceeded);
  EXPECT_TRUE(few.parse(R"({"a":{}})"));
  EXPECT_EQ(few.parse(R"({"a":[{}]})").error().code, Code::LimitExceeded);
}

TEST(RecordParser, GoesOnAfterARefusal) {
  RecordParser parser;
  EXPECT_FALSE(parser.parse(R"({"a":"\ud800"})"));
  EXPECT_FALSE(parser.parse(R"({"a":{"b":{"c":)"));
  const auto record = parser.parse(R"({"b":2})");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->field(path("/b")).integer, 2);
  EXPECT_FALSE(record->field(path("/a")).present());
}

TEST(RecordView, GivesFieldsByPointer) {
  RecordParser parser;
  const auto record = parser.parse(
      R"({"s":"a\"\u00e9","i":-42,"big":9223372036854775808,"d":1.50,"t":true,"n":null,"o":{"a/b":{"~":7}},"l":[{"x":1},{"y":2},{"x":3}]})");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->field(path("/s")).kind, FieldKind::String);
  EXPECT_EQ(record->field(path("/s")).text, "a\"\xc3\xa9");
  EXPECT_EQ(record->field(path("/s")).raw, R"("a\"\u00e9")");
  EXPECT_EQ(record->field(path("/i")).kind, FieldKind::Integer);
  EXPECT_EQ(record->field(path("/i")).integer, -42);
  EXPECT_EQ(record->field(path("/i")).number, -42.0);
  EXPECT_EQ(record->field(path("/big")).kind, FieldKind::Double);
  EXPECT_EQ(record->field(path("/big")).number, 9223372036854775808.0);
  EXPECT_EQ(record->field(path("/d")).kind, FieldKind::Double);
  EXPECT_EQ(record->field(path("/d")).number, 1.5);
  EXPECT_EQ(record->field(path("/d")).raw, "1.50");
  EXPECT_TRUE(record->field(path("/t")).boolean);
  EXPECT_EQ(record->field(path("/n")).kind, FieldKind::Null);
  EXPECT_EQ(record->field(path("/o")).kind, FieldKind::Object);
  EXPECT_EQ(record->field(path("/l")).kind, FieldKind::Array);
  EXPECT_EQ(record->field(path("")).kind, FieldKind::Object);
  EXPECT_EQ(record->field(path("/o/a~1b/~0")).integer, 7);
  EXPECT_EQ(record->field(path("/l/*/y")).integer, 2);
  for (const char* absent : {"/x", "/s/x", "/l/0", "/l/x", "/o/*", "/l/*/z", "/n/x", "/"}) {
    EXPECT_FALSE(record->field(path(absent)).present()) << absent;
  }
}

TEST(RecordView, VisitsEveryMatchUntilToldToStop) {
  RecordParser parser;
  const auto record = parser.parse(R"({"l":[{"x":[1,2]},{"y":0},{"x":[3]}]})");
  ASSERT_TRUE(record);
  std::vector<std::int64_t> seen;
  record->each(path("/l/*/x/*"), [&](const FieldValue& v) {
    seen.push_back(v.integer);
    return true;
  });
  EXPECT_EQ(seen, (std::vector<std::int64_t>{1, 2, 3}));
  seen.clear();
  record->each(path("/l/*/x/*"), [&](const FieldValue& v) {
    seen.push_back(v.integer);
    return seen.size() < 2;
  });
  EXPECT_EQ(seen, (std::vector<std::int64_t>{1, 2}));
}

// The two strict readers of the project must not differ about what JSON is.
TEST(RecordParser, AgreesWithTheDocumentParser) {
  RecordParser parser;
  const std::string alphabet = "{}[]:,\"\\au0d8 1-.eE\x80\xc3\xa9tn";
  ASSERT_TRUE(rc::check("on texts around an object", [&] {
    std::string text = R"({"a":[1.5,"\u00e9",{"b":null}],"c":true})";
    const int edits = *rc::gen::inRange(0, 4);
    for (int i = 0; i < edits; ++i) {
      const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
      const char c = alphabet[*rc::gen::inRange<std::size_t>(0, alphabet.size())];
      if (*rc::gen::arbitrary<bool>())
        text[at] = c;
      else
        text.insert(at, 1, c);
    }
    const auto document = parse_json(text);
    const auto record = parser.parse(text);
    // Integers beyond 2^53 are the one difference; three edits cannot make one of 1.5.
    RC_ASSERT(record.has_value() == (document.has_value() && document->is_object()));
  }));
}

TEST(LineSplitter, GivesEachLineWithItsNumber) {
  LineSplitter lines("{}\n\n {\"a\":1}\r\n \n{\"b\":2}");
  std::string_view line;
  ASSERT_TRUE(lines.next(line));
  EXPECT_EQ(line, "{}");
  EXPECT_EQ(lines.number(), 1U);
  ASSERT_TRUE(lines.next(line));
  EXPECT_EQ(line, " {\"a\":1}\r");
  EXPECT_EQ(lines.number(), 3U);
  ASSERT_TRUE(lines.next(line));
  EXPECT_EQ(line, "{\"b\":2}");
  EXPECT_EQ(lines.number(), 5U);
  EXPECT_FALSE(lines.next(line));
  LineSplitter nothing("");
  EXPECT_FALSE(nothing.next(line));
}

}  // namespace
}  // namespace sekisho
