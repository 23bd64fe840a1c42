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
      {"** that keeps", R"({"fields":{"/**/a":"keep"}})"},
      {"** inside", R"({"fields":{"/a/**/b":"drop"}})"},
      {"** with more below", R"({"fields":{"/**/a/b":"drop"}})"},
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

Json random_view() {
  const std::vector<std::string> pointers{"", "/a", "/a/b", "/a/b/c", "/d", "/d/*", "/d/*/e", "/**/z"};
  JsonObject fields;
  for (const std::string& pointer : pointers) {
    const int choice = *rc::gen::inRange(0, 5);
    if (pointer == "/**/z") {
      if (choice < 2) fields[pointer] = "drop";
    } else if (choice == 1) {
      fields[pointer] = "keep";
    } else if (choice == 2) {
      fields[pointer] = "drop";
    } else if (choice == 3 && !pointer.empty()) {
      fields[pointer] = JsonObject{{"mask", *rc::gen::inRange(0, 5)}};
    }
  }
  JsonArray rows;
  if (*rc::gen::arbitrary<bool>()) rows.push_back(test::json(R"({"pointer":"/lot","op":"eq","value":"x"})"));
  if (*rc::gen::arbitrary<bool>()) rows.push_back(test::json(R"({"pointer":"/n","op":"in","value":[2,1,null]})"));
  return JsonObject{{"fields", fields}, {"rows", rows}};
}

View random_valid_view() {
  for (;;) {
    Result<View> view = View::parse(random_view());
    if (view) return *view;
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
  }));
}

}  // namespace
}  // namespace sekisho::policy
