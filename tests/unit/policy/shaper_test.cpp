#include "policy/shaper.hpp"

#include <thread>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "policy/output_check.hpp"
#include "tests/unit/policy/policies.hpp"

namespace sekisho::policy {
namespace {

std::shared_ptr<const Shaper> shaper(std::string_view view) {
  const Result<View> parsed = View::parse(test::json(view));
  if (!parsed) throw std::runtime_error(parsed.error().chain());
  return make_shaper(&*parsed).value();
}

struct Row {
  std::string_view name, view, in, out;  // out "ERROR": refused
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.name));
    const Result<Shaped> shaped = shaper(row.view)->shape(row.in);
    if (row.out == "ERROR") {
      ASSERT_FALSE(shaped.has_value()) << shaped->body;
      EXPECT_EQ(shaped.error().code, Code::ViewError);
      continue;
    }
    ASSERT_TRUE(shaped.has_value()) << shaped.error().chain();
    EXPECT_EQ(shaped->body, row.out);
    EXPECT_EQ(shaped->bytes_in, row.in.size());
    EXPECT_EQ(shaped->bytes_out, row.out.size());
  }
}

TEST(Shaper, Fields) {
  check({
      {"unlisted is dropped", R"({"fields":{"/a":"keep"}})", R"({"a":1,"b":2})", "{\"a\":1}\n"},
      {"nothing listed", R"({"fields":{}})", R"({"a":1})", "{}\n"},
      {"drop below keep", R"({"fields":{"/g":"keep","/g/name":"drop"}})", R"({"g":{"id":1,"name":"x"}})",
       "{\"g\":{\"id\":1}}\n"},
      {"keep below drop", R"({"fields":{"/g/id":"keep"}})", R"({"g":{"id":1,"name":"x"},"h":1})",
       "{\"g\":{\"id\":1}}\n"},
      {"every element", R"({"fields":{"/l/*/p":"keep"}})", R"({"l":[{"p":1,"q":2},{"q":3}]})",
       "{\"l\":[{\"p\":1},{}]}\n"},
      {"numbers keep their text", R"({"fields":{"/a":"keep"}})", R"({"a": 1.50e0 })", "{\"a\":1.50e0}\n"},
      {"escaped name is the same name", R"({"fields":{"/a":"keep"}})", "{\"\\u0061\":1,\"\\u0062\":2}",
       "{\"\\u0061\":1}\n"},
      {"mask", R"({"fields":{"/p":{"mask":4}}})", R"({"p":"+81901234567"})", "{\"p\":\"****4567\"}\n"},
      {"mask of a short text", R"({"fields":{"/p":{"mask":4}}})", R"({"p":"4567"})", "{\"p\":\"********\"}\n"},
      {"mask counts characters", R"({"fields":{"/p":{"mask":2}}})", "{\"p\":\"\u3042\u3044\u3046\"}",
       "{\"p\":\"****\u3044\u3046\"}\n"},
      {"mask of null", R"({"fields":{"/p":{"mask":4}}})", R"({"p":null})", "{\"p\":null}\n"},
      {"mask of a number", R"({"fields":{"/p":{"mask":4}}})", R"({"p":12345})", "ERROR"},
      {"mask of an object", R"({"fields":{"/p":{"mask":4}}})", R"({"p":{"x":"y"}})", "ERROR"},
      {"scalar where an object is expected", R"({"fields":{"/g/id":"keep"}})", R"({"g":"secret"})", "ERROR"},
      {"array where an object is expected", R"({"fields":{"/g/id":"keep"}})", R"({"g":[{"id":1}]})", "ERROR"},
      {"duplicate names", R"({"fields":{"/a":"keep"}})", R"({"a":1,"a":2})", "ERROR"},
      {"duplicate in what is dropped", R"({"fields":{"/a":"keep"}})", R"({"a":1,"b":{"c":1,"c":2}})", "ERROR"},
      {"not JSON", R"({"fields":{"/a":"keep"}})", R"({"a":1)", "ERROR"},
      {"not an object", R"({"fields":{"":"keep"}})", "[1]", "ERROR"},
      {"a bad record among good ones", R"({"fields":{"/a":"keep"}})", "{\"a\":1}\n{\"a\":}\n{\"a\":3}\n", "ERROR"},
      {"nothing in", R"({"fields":{"":"keep"}})", "", ""},
      {"empty lines", R"({"fields":{"":"keep"}})", "\n{\"a\":1}\n\n", "{\"a\":1}\n"},
      {"everything", R"({"fields":{"":"keep"}})", R"({"a":[1,{"b":null}]})", "{\"a\":[1,{\"b\":null}]}\n"},
  });
}

TEST(Shaper, NamesDroppedAtAnyDepth) {
  constexpr std::string_view kDrop = R"({"fields":{"":"keep","/**/name":"drop"}})";
  check({
      {"at the top", kDrop, R"({"name":"x","a":1})", "{\"a\":1}\n"},
      {"at the end", kDrop, R"({"a":1,"name":"x"})", "{\"a\":1}\n"},
      {"alone", kDrop, R"({"name":"x"})", "{}\n"},
      {"deep in lists", kDrop, R"({"l":[[{"name":{"name":1},"k":[1,2]}],3]})", "{\"l\":[[{\"k\":[1,2]}],3]}\n"},
      {"with an object as value", kDrop, R"({"name":{"a":["}",{"b":"]"}]},"c":2})", "{\"c\":2}\n"},
      {"written with an escape", kDrop, "{\"n\\u0061me\":\"x\",\"b\":\"\\\\\"}", "{\"b\":\"\\\\\"}\n"},
      {"a longer name stays", kDrop, R"({"names":1,"nam":2})", "{\"names\":1,\"nam\":2}\n"},
      {"a value of that text stays", kDrop, R"({"a":"name"})", "{\"a\":\"name\"}\n"},
  });
}

TEST(Shaper, ValuesWrittenAnew) {
  const auto view = [](std::string_view op) { return fmt::format(R"({{"fields":{{"/a":{}}}}})", op); };
  const std::string round = view(R"({"round":2})"), band = view(R"({"generalise":{"band":10}})"),
                    year = view(R"({"generalise":"year"})"), day = view(R"({"generalise":"day"})"),
                    instant = view(R"({"generalise":"month","as":"instant"})"),
                    prefix = view(R"({"generalise":{"prefix":3}})"), redact = view(R"({"redact":"-"})");
  check({
      {"round", round, R"({"a":139.76543})", "{\"a\":139.77}\n"},
      {"round of an exponent", round, R"({"a":1.5e1})", "{\"a\":15.00}\n"},
      {"round to nothing", round, R"({"a":-0.001})", "{\"a\":0.00}\n"},
      {"round of an integer", round, R"({"a":12})", "{\"a\":12}\n"},
      {"round of a text", round, R"({"a":"12.345"})", "ERROR"},
      {"round of what has no decimals", round, R"({"a":1e20})", "ERROR"},
      {"band", band, R"({"a":47})", "{\"a\":40}\n"},
      {"band below zero", band, R"({"a":-1})", "{\"a\":-10}\n"},
      {"band of a fraction", band, R"({"a":39.9})", "{\"a\":30}\n"},
      {"year of a date", year, R"({"a":"1970-05-06"})", "{\"a\":\"1970\"}\n"},
      {"year of an instant", year, R"({"a":"1970-05-06T01:02:03.004+09:00"})", "{\"a\":\"1970\"}\n"},
      {"year of a year", year, R"({"a":"1970"})", "{\"a\":\"1970\"}\n"},
      {"day of a month", day, R"({"a":"1970-05"})", "{\"a\":\"1970-05\"}\n"},
      {"an instant stays one", instant, R"({"a":"1970-05-06T01:02:03Z"})", "{\"a\":\"1970-05-01T00:00:00Z\"}\n"},
      {"no date", year, R"({"a":"1970 or so"})", "ERROR"},
      {"a number is no date", year, R"({"a":1970})", "ERROR"},
      {"prefix counts characters", prefix, "{\"a\":\"\u3042\u3044\u3046\u3048\"}", "{\"a\":\"\u3042\u3044\u3046\"}\n"},
      {"redact takes whatever it is", redact, R"({"a":{"b":[1]}})", "{\"a\":\"-\"}\n"},
      {"null stays", year, R"({"a":null})", "{\"a\":null}\n"},
      {"at any depth, in every element", R"({"fields":{"":"keep","/**/when":{"generalise":"year"}}})",
       R"({"x":[{"when":["1970-01-01","1971-01-01"]}],"when":"1972-01-01"})",
       "{\"x\":[{\"when\":[\"1970\",\"1971\"]}],\"when\":\"1972\"}\n"},
      {"the stronger of field and name", R"({"fields":{"/a":{"generalise":"month"},"/**/a":{"generalise":"year"}}})",
       R"({"a":"1970-05-06"})", "{\"a\":\"1970\"}\n"},
      {"a generalisation is stronger than a rounding",
       R"({"fields":{"/a":{"generalise":"month"},"/**/a":{"round":1}}})", R"({"a":"1970-05-06"})",
       "{\"a\":\"1970-05\"}\n"},
      {"only the names listed", R"({"fields":{"":"keep","/**/*":"drop","/**/b":"keep","/**/c":"keep"}})",
       R"({"a":{"b":1},"b":{"c":1,"d":2},"new":3})", "{\"b\":{\"c\":1}}\n"},
      {"a name does not open what is left out", R"({"fields":{"/g/id":"keep","/**/g":{"mask":1}}})",
       R"({"g":{"id":1}})", "ERROR"},
  });
}

TEST(Shaper, NamesBelowAParent) {
  constexpr std::string_view kValues =
      R"({"fields":{"":"keep","/**/value":"drop","/**/id/value":{"mask":2},"/**/sum/value":{"round":1},"/**/q/value":"keep"}})";
  check({
      {"each its own", kValues,
       R"({"id":{"value":"abcdef"},"sum":[{"value":1.26}],"q":{"value":3,"x":{"value":4}},"value":5})",
       "{\"id\":{\"value\":\"****ef\"},\"sum\":[{\"value\":1.3}],\"q\":{\"value\":3,\"x\":{}}}\n"},
      {"through arrays of arrays", kValues, R"({"q":[[{"value":3}]],"a":[[{"value":3}]]})",
       "{\"q\":[[{\"value\":3}]],\"a\":[[{}]]}\n"},
      {"an escaped parent is the same", kValues, "{\"\\u0071\":{\"value\":3}}", "{\"\\u0071\":{\"value\":3}}\n"},
      {"the parent's own value is not meant", kValues, R"({"q":"z"})", "{\"q\":\"z\"}\n"},
      {"it does not open what is left out", R"({"fields":{"/a":"keep","/**/b/c":"keep"}})", R"({"b":{"c":1},"a":2})",
       "{\"a\":2}\n"},
  });
}

TEST(Shaper, EmptyIsDropped) {
  constexpr std::string_view kDrop = R"({"empty":"drop","fields":{"":"keep","/**/name":"drop","/**/n":{"round":1}}})";
  check({
      {"what became empty", kDrop, R"({"a":{"name":1},"b":2})", "{\"b\":2}\n"},
      {"upwards", kDrop, R"({"a":[{"b":[{"name":1}]},{"c":3}],"d":[[],{}]})", "{\"a\":[{\"c\":3}]}\n"},
      {"at the end", kDrop, R"({"b":2,"a":{"name":1}})", "{\"b\":2}\n"},
      {"not the record", kDrop, R"({"name":1})", "{}\n"},
      {"an empty text stays", kDrop, R"({"a":"","b":null})", "{\"a\":\"\",\"b\":null}\n"},
      {"an empty list of a written name", kDrop, R"({"n":[],"m":[1.25]})", "{\"m\":[1.25]}\n"},
      {"on the way to an entry", R"({"empty":"drop","fields":{"/a/*/x":"keep"}})", R"({"a":[{"y":1},{"x":2}]})",
       "{\"a\":[{\"x\":2}]}\n"},
      {"without the option they stay", R"({"fields":{"":"keep","/**/name":"drop"}})", R"({"a":{"name":1}})",
       "{\"a\":{}}\n"},
  });
}

TEST(Shaper, APseudonymIsOneToOneWithinItsDomainAndSaysNothingOutsideIt) {
  ASSERT_TRUE(rc::check("pseudonyms", [] {
    const auto text = [] { return *rc::gen::container<std::string>(rc::gen::inRange('a', 'z')); };
    const auto token = [](const PseudonymDomain& domain, std::string_view field_class, std::uint64_t epoch,
                          std::string_view value) {
      std::string out;
      Pseudonyms(domain, field_class, epoch).append_token(out, value);
      return out;
    };
    const Bytes root = *rc::gen::container<Bytes>(32, rc::gen::arbitrary<std::uint8_t>());
    PseudonymDomain one{root, {}}, other{root, {}};
    one.agreement[0] = *rc::gen::arbitrary<std::uint8_t>();
    other.agreement[31] = *rc::gen::inRange<std::uint8_t>(1, 255);
    const std::string a = text(), b = text();
    RC_ASSERT(is_token(token(one, "c", 0, a)));
    RC_ASSERT((token(one, "c", 0, a) == token(one, "c", 0, b)) == (a == b));
    RC_ASSERT(token(one, "c", 0, a) != token(other, "c", 0, a));
    RC_ASSERT(token(one, "c", 0, a) != token(one, "d", 0, a));
    RC_ASSERT(token(one, "c", 0, a) != token(one, "c", 1, a));
    std::string reference;
    Pseudonyms(one, "c", 0).append_reference(reference, "Patient/x" + a);
    RC_ASSERT(reference == "Patient/" + token(one, "c", 0, "x" + a));
    RC_ASSERT(is_token_reference(reference));
  }));
}

TEST(Shaper, PseudonymsHoldWithinAnAgreementOnly) {
  const View view =
      View::parse(
          test::json(
              R"({"fields":{"":"keep","/**/id":{"pseudonym":"id"},"/**/ref":{"pseudonym":"id","reference":true}}})"))
          .value();
  EXPECT_FALSE(make_shaper(&view).has_value());
  const Bytes root(32, 7);
  const auto shaped = [&](std::uint8_t agreement, std::string_view text) {
    PseudonymDomain domain{root, {}};
    domain.agreement[0] = agreement;
    const Result<Shaped> out = make_shaper(&view, &domain).value()->shape(text);
    return out ? out->body : out.error().chain();
  };
  const std::string one = shaped(1, R"({"id":"p-1"})");
  ASSERT_EQ(one.size(), std::string_view("{\"id\":\"\"}\n").size() + kTokenLength);
  const std::string token = one.substr(7, kTokenLength);
  EXPECT_TRUE(is_token(token));
  EXPECT_NE(shaped(2, R"({"id":"p-1"})"), one);
  EXPECT_EQ(shaped(1, R"({"id":"p-1"})"), one);
  EXPECT_NE(shaped(1, R"({"id":"p-2"})"), one);
  for (const auto& [reference, prefix] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"Patient/p-1", "Patient/"},
           {"https://clinic.example/fhir/Patient/p-1", "Patient/"},
           {"Patient/p-1/_history/3", "Patient/"},
           {"urn:uuid:p-1", "urn:uuid:"},
           {"#p-1", "#"}}) {
    EXPECT_EQ(shaped(1, fmt::format(R"({{"ref":"{}"}})", reference)),
              fmt::format("{{\"ref\":\"{}{}\"}}\n", prefix, token))
        << reference;
  }
  const std::string query = shaped(1, R"({"ref":"Patient?identifier=http://x/ssn|999-12-3456"})");
  EXPECT_TRUE(query.starts_with(R"({"ref":"Patient/)")) << query;
  EXPECT_EQ(query.find("999"), std::string::npos);
}

TEST(Shaper, ARowThatEndsEnds) {
  const auto one = shaper(
      R"({"fields":{"/id":"keep"},"rows":[{"pointer":"/lot","op":"eq","value":"A"},{"pointer":"/consent","op":"eq","value":true,"ends":true}]})");
  Shaped into;
  ASSERT_TRUE(one->shape_into(as_bytes("{\"id\":1,\"lot\":\"A\",\"consent\":true}\n"
                                       "{\"id\":2,\"lot\":\"B\",\"consent\":false}\n"),
                              into));
  EXPECT_FALSE(into.ended);
  ASSERT_TRUE(one->shape_into(as_bytes("{\"id\":3,\"lot\":\"A\",\"consent\":false}\n"
                                       "{\"id\":4,\"lot\":\"A\",\"consent\":true}\n"),
                              into));
  EXPECT_TRUE(into.ended);
  ASSERT_TRUE(one->shape_into(as_bytes("{\"id\":5,\"lot\":\"A\",\"consent\":true}\n"), into));
  EXPECT_EQ(into.body, "{\"id\":1}\n");
  EXPECT_EQ(into.rows_out, 1U);
}

TEST(Shaper, Rows) {
  constexpr std::string_view kKeep = R"("fields":{"/id":"keep"})";
  const auto view = [&](std::string_view rule) { return fmt::format(R"({{{},"rows":[{}]}})", kKeep, rule); };
  const std::string eq = view(R"({"pointer":"/lot","op":"eq","value":"A"})"),
                    neq = view(R"({"pointer":"/lot","op":"neq","value":"A"})"),
                    in = view(R"({"pointer":"/n","op":"in","value":[1,2,"x"]})"),
                    any = view(R"({"pointer":"/l/*","op":"eq","value":"A"})"),
                    none = view(R"({"pointer":"/l/*","op":"neq","value":"A"})"),
                    null = view(R"({"pointer":"/lot","op":"eq","value":null})"),
                    set = view(R"({"pointer":"/lot","op":"neq","value":null})"),
                    both = view(R"({"pointer":"/lot","op":"eq","value":"A"},{"pointer":"/ok","op":"eq","value":true})");
  check({
      {"eq", eq, "{\"id\":1,\"lot\":\"A\"}\n{\"id\":2,\"lot\":\"B\"}\n{\"id\":3}\n{\"id\":4,\"lot\":null}\n",
       "{\"id\":1}\n"},
      {"eq with escapes in the source", eq, "{\"id\":1,\"lot\":\"\\u0041\"}\n", "{\"id\":1}\n"},
      {"eq of another kind", eq, R"({"id":1,"lot":7})", "ERROR"},
      {"eq of an object", eq, R"({"id":1,"lot":{}})", "ERROR"},
      {"neq: missing and null never fit", neq,
       "{\"id\":1,\"lot\":\"A\"}\n{\"id\":2,\"lot\":\"B\"}\n{\"id\":3}\n{\"id\":4,\"lot\":null}\n", "{\"id\":2}\n"},
      {"in", in, "{\"id\":1,\"n\":1}\n{\"id\":2,\"n\":3}\n{\"id\":3,\"n\":\"x\"}\n", "{\"id\":1}\n{\"id\":3}\n"},
      {"in of another kind", in, R"({"id":1,"n":true})", "ERROR"},
      {"a fraction is not an integer", in, R"({"id":1,"n":1.0})", "ERROR"},
      {"any element", any, "{\"id\":1,\"l\":[\"B\",\"A\"]}\n{\"id\":2,\"l\":[\"B\"]}\n{\"id\":3,\"l\":[]}\n",
       "{\"id\":1}\n"},
      {"no element", none, "{\"id\":1,\"l\":[\"B\",\"A\"]}\n{\"id\":2,\"l\":[\"B\"]}\n{\"id\":3,\"l\":[]}\n",
       "{\"id\":2}\n"},
      {"null", null, "{\"id\":1,\"lot\":null}\n{\"id\":2,\"lot\":\"B\"}\n{\"id\":3}\n", "{\"id\":1}\n"},
      {"not null", set, "{\"id\":1,\"lot\":null}\n{\"id\":2,\"lot\":\"B\"}\n{\"id\":3}\n", "{\"id\":2}\n"},
      {"both", both, "{\"id\":1,\"lot\":\"A\",\"ok\":true}\n{\"id\":2,\"lot\":\"A\",\"ok\":false}\n", "{\"id\":1}\n"},
      {"filtered records are still checked", eq, "{\"id\":1,\"lot\":\"B\",\"x\":{\"y\":1,\"y\":2}}", "ERROR"},
  });
}

TEST(Shaper, ErrorsNameLineAndPointerButNoValue) {
  const auto shaped = shaper(R"({"fields":{"/g/id":"keep"}})")->shape("{\"g\":{\"id\":1}}\n{\"g\":\"top secret\"}\n");
  ASSERT_FALSE(shaped.has_value());
  EXPECT_EQ(shaped.error().help, (std::vector<std::pair<std::string, std::string>>{{"line", "2"}, {"pointer", "/g"}}));
  EXPECT_EQ(shaped.error().chain().find("secret"), std::string::npos);
}

TEST(Shaper, BatchesAddUpAndAFailedOneLeavesNothing) {
  const auto one = shaper(R"({"fields":{"/a":"keep"}})");
  Shaped into;
  ASSERT_TRUE(one->shape_into(as_bytes("{\"a\":1,\"b\":2}\n"), into).has_value());
  const Shaped before = into;
  ASSERT_FALSE(one->shape_into(as_bytes("{\"a\":2}\n{\"a\":\n"), into).has_value());
  EXPECT_EQ(into.body, before.body);
  EXPECT_EQ(into.rows_in, 1U);
  EXPECT_EQ(into.rows_out, 1U);
  ASSERT_TRUE(one->shape_into(as_bytes("{\"a\":3}\n"), into).has_value());
  EXPECT_EQ(into.body, "{\"a\":1}\n{\"a\":3}\n");
  EXPECT_EQ(into.rows_out, 2U);
  EXPECT_EQ(into.bytes_out, into.body.size());
}

TEST(Shaper, WithoutAViewEverythingPasses) {
  const auto all = make_shaper(nullptr).value();
  EXPECT_EQ(all->shape("{ \"a\" : [ 1 , 2 ] }")->body, "{\"a\":[1,2]}\n");
  EXPECT_FALSE(all->shape("{\"a\":").has_value());
}

// The second reading must find what the first should have left out, whoever wrote it.
TEST(OutputCheck, FindsWhatShouldNotBeThere) {
  const auto compile = [](std::string_view view) {
    return Plan::compile(View::parse(test::json(view)).value()).value();
  };
  const auto plan = compile(R"({"fields":{"/a":"keep","/g":"keep","/g/name":"drop","/p":{"mask":2},"/l/*/x":"keep"}})");
  const std::vector<std::pair<std::string_view, std::string_view>> rows{
      {R"({"a":1})", ""},
      {R"({"g":{"id":[1,{"q":2}]}})", ""},
      {R"({"p":"****67"})", ""},
      {R"({"l":[{"x":1},{}]})", ""},
      {R"({"b":1})", "/b"},
      {R"({"g":{"id":1,"name":"x"}})", "/g/name"},
      {R"({"g":{"n\u0061me":"x"}})", "/g/n\\u0061me"},
      {R"({"p":"0901234567"})", "/p"},
      {R"({"p":5})", "/p"},
      {R"({"l":[{"y":1}]})", "/l/*/y"},
      {R"({"l":["x"]})", "/l/*"},
  };
  const auto names = compile(R"({"empty":"drop","fields":{"":"keep","/**/value":"drop","/**/q/value":"keep"}})");
  for (const std::string_view bad :
       {R"({"value":1})", R"({"p":{"value":1}})", R"({"a":{}})", R"({"a":[[]]})", R"({"q":{"x":[{"value":1}]}})"}) {
    EXPECT_FALSE(check_output(*names, bad)) << bad;
  }
  for (const std::string_view good : {R"({})", R"({"q":[[{"value":1}]]})", R"({"q":"value","a":""})"}) {
    EXPECT_TRUE(check_output(*names, good)) << good;
  }
  for (const auto& [record, pointer] : rows) {
    const Status status = check_output(*plan, record);
    EXPECT_EQ(status.has_value(), pointer.empty()) << record;
    if (!status) {
      EXPECT_EQ(status.error().help.front().second, pointer);
    }
  }
}

Json random_json(int depth) {
  switch (*rc::gen::inRange(0, depth > 0 ? 6 : 4)) {
    case 0: return Json(nullptr);
    case 1: return Json(*rc::gen::inRange(-5, 100000));
    case 2: return Json(*rc::gen::element<std::string>("", "abc", "name", "\"q\"\\", "\u3042\u3044"));
    case 3: return Json(*rc::gen::arbitrary<bool>());
    case 4: {
      JsonArray list;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) list.push_back(random_json(depth - 1));
      return list;
    }
    default: {
      JsonObject object;
      for (const std::string_view name : {"a", "b", "name", "d"}) {
        if (*rc::gen::arbitrary<bool>()) object[name] = random_json(depth - 1);
      }
      return object;
    }
  }
}

void names_in(const Json& value, std::set<std::string>& out) {
  if (value.is_array()) {
    for (const Json& item : value.get_array()) names_in(item, out);
  }
  if (!value.is_object()) return;
  for (const auto& member : value.get_object()) {
    out.emplace(member.key());
    names_in(member.value(), out);
  }
}

TEST(Shaper, NeverWritesADroppedFieldAndTwiceIsOnce) {
  std::size_t written = 0;
  ASSERT_TRUE(rc::check("shape", [&] {
    JsonObject fields{{"/**/name", "drop"}};
    for (const std::string_view pointer : {"/a", "/a/b", "/a/*", "/b/*/d", "/d"}) {
      const int op = *rc::gen::inRange(0, 4);
      if (op == 0) fields[pointer] = "keep";
      if (op == 1) fields[pointer] = "drop";
      if (op == 2) fields[pointer] = JsonObject{{"mask", 1}};
    }
    const Result<View> view = View::parse(JsonObject{{"fields", fields}});
    RC_PRE(view.has_value());
    const auto one = make_shaper(&*view).value();
    JsonObject record;
    for (const std::string_view name : {"a", "b", "name", "d"}) record[name] = random_json(3);
    const Result<Shaped> once = one->shape(sekisho::to_text(Json(record)));
    if (!once) {
      RC_ASSERT(once.error().code == Code::ViewError);
      return;
    }
    ++written;
    std::set<std::string> names;
    const Json out = test::json(once->body);
    names_in(out, names);
    RC_ASSERT(!names.contains("name"));
    const auto dropped = [&](std::string_view pointer, std::string_view name) {
      return view->effective(pointer).kind == FieldOp::Kind::Drop && view->fields().contains(pointer) &&
             out.get_object().contains(name);
    };
    RC_ASSERT(!dropped("/d", "d"));
    const Result<Shaped> twice = one->shape(once->body);
    RC_ASSERT(twice.has_value());
    RC_ASSERT(twice->body == once->body);
  }));
  EXPECT_GT(written, 10U);
}

TEST(Shaper, OneShaperManyThreads) {
  const auto one = shaper(R"({"fields":{"/a":"keep","/p":{"mask":2},"/**/name":"drop"}})");
  std::vector<std::jthread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&one, &right, t] {
      for (int i = 0; i < 200; ++i) {
        const auto shaped =
            one->shape(fmt::format("{{\"a\":{{\"n\":{0},\"name\":1}},\"p\":\"abc{0}\"}}", t * 1000 + i + 100));
        const std::string digits = fmt::format("{}", t * 1000 + i + 100);
        if (shaped && shaped->body == fmt::format("{{\"a\":{{\"n\":{}}},\"p\":\"****{}\"}}\n", digits,
                                                  digits.substr(digits.size() - 2)))
          ++right;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(right.load(), 800);
}

}  // namespace
}  // namespace sekisho::policy
