#include "policy/view.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "tests/unit/policy/policies.hpp"

namespace sekisho::policy {
namespace {

TEST(View, IsNamedByItsContent) {
  const auto a = View::parse(test::json(R"({"fields":{"/lot":"keep"},"media":"application/x-ndjson"})"));
  const auto b = View::parse(test::json(R"({"media":"application/x-ndjson","fields":{"/lot":"keep"}})"));
  ASSERT_TRUE(a.has_value() && b.has_value());
  EXPECT_EQ(a->id(), b->id());
  EXPECT_EQ(a->digest(), sha256(as_bytes(R"({"fields":{"/lot":"keep"},"media":"application/x-ndjson"})")));
  EXPECT_EQ(view_digest_from_id(a->id()).value(), a->digest());
  EXPECT_FALSE(view_digest_from_id("urn:sekisho:view:sha-256:zz").has_value());
}

TEST(View, Refused) {
  const std::vector<std::pair<std::string_view, std::string_view>> rows{
      {"not an object", "[]"},
      {"no fields", "{}"},
      {"unknown member", R"({"fields":{},"extra":1})"},
      {"another media type", R"({"fields":{},"media":"text/csv"})"},
      {"not a pointer", R"({"fields":{"lot":"keep"}})"},
      {"bad escape", R"({"fields":{"/a~2":"keep"}})"},
      {"unknown operation", R"({"fields":{"/a":"hash"}})"},
      {"mask that is no number", R"({"fields":{"/a":{"mask":"4"}}})"},
      {"negative mask", R"({"fields":{"/a":{"mask":-1}}})"},
      {"mask with more", R"({"fields":{"/a":{"mask":4,"x":1}}})"},
      {"round without decimals", R"({"fields":{"/a":{"round":"2"}}})"},
      {"an unknown level", R"({"fields":{"/a":{"generalise":"week"}}})"},
      {"a band of nothing", R"({"fields":{"/a":{"generalise":{"band":0}}}})"},
      {"a pseudonym without a class", R"({"fields":{"/a":{"pseudonym":""}}})"},
      {"a redaction that breaks its quotes", R"({"fields":{"/a":{"redact":"\""}}})"},
      {"ends that is no truth", R"({"fields":{},"rows":[{"pointer":"/a","op":"eq","value":1,"ends":1}]})"},
      {"negative epoch", R"({"fields":{},"epoch":-1})"},
      {"** inside", R"({"fields":{"/a/**/b":"drop"}})"},
      {"a wild parent", R"({"fields":{"/**/*/b":"drop"}})"},
      {"a wild name below a parent", R"({"fields":{"/**/a/*":"drop"}})"},
      {"empty that is kept", R"({"fields":{},"empty":"keep"})"},
      {"a pseudonym of no class", R"({"fields":{"/a":{"pseudonym":null}}})"},
      {"an unknown preset", R"({"preset":"fhir"})"},
      {"an unknown member beside a preset", R"({"preset":"fhir-deidentify@1","extra":1})"},
      {"** with more below", R"({"fields":{"/**/a/b/c":"drop"}})"},
      {"row without value", R"({"fields":{},"rows":[{"pointer":"/a","op":"eq"}]})"},
      {"row with another operator", R"({"fields":{},"rows":[{"pointer":"/a","op":"lt","value":1}]})"},
      {"row with a number that is no integer", R"({"fields":{},"rows":[{"pointer":"/a","op":"eq","value":1.5}]})"},
      {"in without a list", R"({"fields":{},"rows":[{"pointer":"/a","op":"in","value":1}]})"},
      {"in of nothing", R"({"fields":{},"rows":[{"pointer":"/a","op":"in","value":[]}]})"},
      {"row about the whole record", R"({"fields":{},"rows":[{"pointer":"","op":"eq","value":1}]})"},
      {"schema that is no digest", R"({"fields":{},"schemaDigest":"abc"})"},
  };
  for (const auto& [name, text] : rows) {
    const auto view = View::parse(test::json(text));
    ASSERT_FALSE(view.has_value()) << name;
    EXPECT_EQ(view.error().code, Code::ViewError) << name;
  }
}

TEST(View, TheNearestEntryDecides) {
  const auto view =
      View::parse(test::json(R"({"fields":{"/a":"keep","/a/b":"drop","/a/b/c":"keep","/d":{"mask":2}}})"));
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->effective("/a/x").kind, FieldOp::Kind::Keep);
  EXPECT_EQ(view->effective("/a/b/x").kind, FieldOp::Kind::Drop);
  EXPECT_EQ(view->effective("/a/b/c").kind, FieldOp::Kind::Keep);
  EXPECT_EQ(view->effective("/d").shown, 2U);
  EXPECT_EQ(view->effective("/e").kind, FieldOp::Kind::Drop);
}

Json random_op() {
  return *rc::gen::element<Json>(
      "keep", "drop", "redact", JsonObject{{"redact", "x"}}, JsonObject{{"redact", "y"}}, JsonObject{{"mask", 1}},
      JsonObject{{"mask", 3}}, JsonObject{{"round", 0}}, JsonObject{{"round", 2}}, JsonObject{{"generalise", "none"}},
      JsonObject{{"generalise", "month"}}, JsonObject{{"generalise", "year"}},
      JsonObject{{"generalise", "year"}, {"as", "instant"}}, JsonObject{{"generalise", JsonObject{{"band", 4}}}},
      JsonObject{{"generalise", JsonObject{{"band", 6}}}}, JsonObject{{"generalise", JsonObject{{"prefix", 3}}}},
      JsonObject{{"pseudonym", "a"}}, JsonObject{{"pseudonym", "b"}},
      JsonObject{{"pseudonym", "a"}, {"reference", true}});
}

Json random_view() {
  const std::vector<std::string> pointers{"",       "/a",    "/a/b",  "/a/b/c", "/d",      "/d/*",
                                          "/d/*/e", "/**/z", "/**/y", "/**/*",  "/**/y/z", "/**/q/z"};
  JsonObject fields;
  for (const std::string& pointer : pointers) {
    if (*rc::gen::inRange(0, 5) < 3) fields[pointer] = random_op();
  }
  JsonArray rows;
  if (*rc::gen::arbitrary<bool>()) rows.push_back(test::json(R"({"pointer":"/lot","op":"eq","value":"x"})"));
  if (*rc::gen::arbitrary<bool>()) rows.push_back(test::json(R"({"pointer":"/n","op":"in","value":[2,1,null]})"));
  JsonObject view{{"fields", fields}, {"rows", rows}, {"epoch", *rc::gen::inRange(0, 3)}};
  if (*rc::gen::arbitrary<bool>()) view["empty"] = "drop";
  return view;
}

View random_valid_view() {
  for (;;) {
    Result<View> view = View::parse(random_view());
    if (view) return *view;
  }
}

// A join shows nothing that one of both hides: what shows another part of a value is not weaker.
TEST(View, OperationsThatShowDifferentPartsCombineToNothing) {
  const auto op = [](std::string_view text) { return field_op_from_json(test::json(text)).value(); };
  const std::vector<std::tuple<std::string_view, std::string_view, std::string_view>> rows{
      {R"({"mask":4})", R"({"generalise":"year"})", R"({"generalise":"none"})"},
      {R"({"mask":4})", R"({"pseudonym":"a"})", R"({"generalise":"none"})"},
      {R"({"generalise":"year"})", R"({"pseudonym":"a"})", R"({"generalise":"none"})"},
      {R"({"pseudonym":"a"})", R"({"pseudonym":"a","reference":true})", R"({"generalise":"none"})"},
      {R"({"generalise":{"band":4}})", R"({"generalise":{"band":6}})", R"({"generalise":{"band":12}})"},
      {R"({"generalise":"year"})", R"({"generalise":{"prefix":2}})", R"({"generalise":"none"})"},
      {R"({"mask":4})", R"({"mask":2})", R"({"mask":2})"},
      {R"({"round":2})", R"({"mask":2})", R"({"mask":2})"},
      {R"({"generalise":"none"})", R"({"redact":"x"})", R"({"redact":"x"})"},
      {R"({"redact":"y"})", R"({"redact":"x"})", R"("redact")"},
      {R"("redact")", R"("drop")", R"("drop")"},
      {R"("keep")", R"({"round":0})", R"({"round":0})"}};
  for (const auto& [a, b, both] : rows) {
    EXPECT_EQ(to_json(stronger(op(a), op(b))), test::json(both)) << a << " " << b;
    EXPECT_EQ(to_json(stronger(op(b), op(a))), test::json(both)) << b << " " << a;
  }
}

// A mask must not make the join forget what another view drops below it.
TEST(View, JoinRemembersBelowAMask) {
  const auto view = [](std::string_view fields) {
    return View::parse(test::json(fmt::format(R"({{"fields":{}}})", fields))).value();
  };
  const View masks = view(R"({"/a":{"mask":2}})"), drops_b = view(R"({"/a":"keep","/a/b":"drop"})"),
             only_b = view(R"({"/a/b":"keep"})");
  EXPECT_EQ(join(*join(masks, drops_b), only_b)->effective("/a/b").kind, FieldOp::Kind::Drop);
}

TEST(View, JoinIsASemilattice) {
  ASSERT_TRUE(rc::check("join", [] {
    const View a = random_valid_view(), b = random_valid_view(), c = random_valid_view();
    RC_ASSERT(join(a, b)->document() == join(b, a)->document());
    RC_ASSERT(join(*join(a, b), c)->digest() == join(a, *join(b, c))->digest());
    const View once = *join(a, a);
    RC_ASSERT(join(once, once)->digest() == once.digest());
    RC_ASSERT(join(*join(a, b), a)->digest() == join(a, b)->digest());
    for (const std::string_view pointer : {"/a", "/a/b", "/a/b/c", "/a/x", "/d", "/d/*", "/d/*/e", "/q"}) {
      RC_ASSERT(join(a, b)->effective(pointer) == stronger(a.effective(pointer), b.effective(pointer)));
    }
    for (const std::string_view name : {"z", "y", "q"}) {
      for (const std::string_view above : {"", "y", "q", "a"}) {
        RC_ASSERT(join(a, b)->at_any_depth(name, above) ==
                  stronger(a.at_any_depth(name, above), b.at_any_depth(name, above)));
      }
    }
    RC_ASSERT(join(a, b)->drop_empty() == (a.drop_empty() || b.drop_empty()));
  }));
}

}  // namespace
}  // namespace sekisho::policy
