#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/core/json.hpp"
#include "base/core/json_stream.hpp"

namespace sekisho {
namespace {

KeepTree tree(const std::vector<std::string>& entries) {
  KeepTree out;
  for (const auto& entry : entries) {
    const FieldPath path = FieldPath::parse(std::string_view(entry).substr(1)).value();
    if (entry[0] == '+') out.keep(path);
    if (entry[0] == '-') out.drop(path);
    if (entry[0] == '?') out.write(path, 1);
  }
  return out;
}

Status mask(std::uint32_t, const FieldValue& value, std::string& out) {
  if (value.kind != FieldKind::String) return fail(Code::InvalidArgument, "only strings are masked");
  out += "\"#" + std::to_string(value.text.size()) + "\"";
  return {};
}

struct Case {
  const char* name;
  std::vector<std::string> entries;
  const char* record;
  const char* written;  // or "!" and the pointer of the refusal
};

TEST(WriteKept, WritesWhatTheTreeKeepsAndNothingElse) {
  const Case cases[] = {
      {"nothing kept", {}, R"({"a":1,"b":{"c":2}})", "{}"},
      {"everything", {"+"}, R"( { "a" : [ 1 , 2.50 , "\u0041" ] , "b" : { } } )", R"({"a":[1,2.50,"\u0041"],"b":{}})"},
      {"one member", {"+/a"}, R"({"x":1,"a":2,"y":3})", R"({"a":2})"},
      {"order of the record", {"+/a", "+/b"}, R"({"b":1,"a":2})", R"({"b":1,"a":2})"},
      {"source text of numbers",
       {"+/n"},
       R"({"n":[1.0,1e2,-0,12345678901234567890123]})",
       R"({"n":[1.0,1e2,-0,12345678901234567890123]})"},
      {"unknown member is left out", {"+/a", "+/missing"}, R"({"a":1,"new":{"a":2}})", R"({"a":1})"},
      {"below a path", {"+/o/a"}, R"({"o":{"a":1,"b":2},"a":3})", R"({"o":{"a":1}})"},
      {"container with nothing kept", {"+/o/a"}, R"({"o":{"b":2}})", R"({"o":{}})"},
      {"null on the way", {"+/o/a"}, R"({"o":null})", R"({"o":null})"},
      {"elements", {"+/l/*/x"}, R"({"l":[{"x":1,"y":2},{"y":3},{"x":4}]})", R"({"l":[{"x":1},{},{"x":4}]})"},
      {"elements whole", {"+/l/*"}, R"({"l":[1,[2],{"a":3}]})", R"({"l":[1,[2],{"a":3}]})"},
      {"nested arrays", {"+/l/*/*"}, R"({"l":[[1,2],[3]]})", R"({"l":[[1,2],[3]]})"},
      {"drop inside keep", {"+", "-/a/b"}, R"({"a":{"b":1,"c":2},"b":3})", R"({"a":{"c":2},"b":3})"},
      {"drop in elements", {"+/l", "-/l/*/y"}, R"({"l":[{"x":1,"y":2}]})", R"({"l":[{"x":1}]})"},
      {"drop all elements", {"+/l", "-/l/*"}, R"({"l":[1,2]})", R"({"l":[]})"},
      {"keep inside drop", {"+", "-/a", "+/a/b"}, R"({"a":{"b":1,"c":2},"d":3})", R"({"a":{"b":1},"d":3})"},
      {"drop a member", {"+", "-/a"}, R"({"a":1})", "{}"},
      {"hook", {"?/a"}, R"({"a":"h\u00e9","b":1})", R"({"a":"#3"})"},
      {"hook in elements",
       {"+/l", "?/l/*/x"},
       R"({"l":[{"x":"ab","z":1},{"z":2}]})",
       R"({"l":[{"x":"#2","z":1},{"z":2}]})"},
      {"name with escapes", {"+/a\"b"}, R"({"a\u0022b":1,"a\\b":2})", R"({"a\u0022b":1})"},
      {"empty name", {"+/"}, R"({"":1,"a":2})", R"({"":1})"},
      {"star is no member", {"+/*"}, R"({"*":1})", "!"},
      {"scalar on the way", {"+/o/a"}, R"({"o":5})", "!/o"},
      {"string on the way", {"+/o/a"}, R"({"o":"secret"})", "!/o"},
      {"scalar among elements", {"+/l/*/x"}, R"({"l":[{"x":1},7]})", "!/l/*"},
      {"array instead of object", {"+/o/a"}, R"({"o":[{"a":1}]})", "!/o"},
      {"object instead of array", {"+/l/*/x"}, R"({"l":{"x":1}})", "!/l"},
      {"hook refuses", {"?/o/a~1b"}, R"({"o":{"a/b":1}})", "!/o/a~1b"},
  };
  RecordParser parser;
  for (const Case& c : cases) {
    const auto record = parser.parse(c.record);
    ASSERT_TRUE(record) << c.name;
    std::string out = "before";
    const Status written = record->write_kept(tree(c.entries), out, mask);
    if (c.written[0] != '!') {
      ASSERT_TRUE(written) << c.name << ": " << written.error().message;
      EXPECT_EQ(out, "before" + std::string(c.written)) << c.name;
      continue;
    }
    ASSERT_FALSE(written) << c.name << " gave " << out;
    EXPECT_EQ(written.error().code, Code::JsonShape) << c.name;
    const std::string pointer = written.error().help.empty() ? "" : written.error().help[0].second;
    EXPECT_EQ(pointer, c.written + 1) << c.name;
    EXPECT_EQ(out, "before") << c.name;
  }
}

TEST(WriteKept, NeedsAHookForEntriesThatWrite) {
  RecordParser parser;
  const auto record = parser.parse(R"({"a":"x"})");
  ASSERT_TRUE(record);
  std::string out;
  EXPECT_FALSE(record->write_kept(tree({"?/a"}), out));
  EXPECT_TRUE(out.empty());
}

TEST(WriteKept, WritesStrictJsonThatStaysTheSame) {
  RecordParser parser;
  const char* const pointers[] = {"/a", "/a/b", "/l", "/l/*", "/l/*/a", "/n", ""};
  ASSERT_TRUE(rc::check("any tree of keeps and drops", [&] {
    std::vector<std::string> entries;
    for (const char* pointer : pointers) {
      const int choice = *rc::gen::inRange(0, 3);
      if (choice > 0) entries.push_back(std::string(choice == 1 ? "+" : "-") + pointer);
    }
    const KeepTree kept = tree(entries);
    const auto record = parser.parse(R"({"a":{"b":1,"c":"x"},"l":[{"a":2,"z":[3]},{"z":4}],"n":null,"new":{"x":5}})");
    RC_ASSERT(record);
    std::string once;
    RC_ASSERT(record->write_kept(kept, once));
    RC_ASSERT(parse_json(once));
    const auto again = parser.parse(once);
    RC_ASSERT(again);
    std::string twice;
    RC_ASSERT(again->write_kept(kept, twice));
    RC_ASSERT(once == twice);
  }));
}

}  // namespace
}  // namespace sekisho
