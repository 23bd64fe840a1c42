#include "node/admin/declared.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace sekisho::node {
namespace {

JsonObject object(std::string_view text) { return parse_json(text).value().get_object(); }

constexpr std::string_view kSources =
    R"({"sources": [{"name": "a", "manifest": {"kind": "file", "path": "x"}}, {"manifest": {"path": "y", "kind": "file"}, "name": "b"}]})";

TEST(Declared, ReadsCanonicalFormsByKindAndId) {
  const auto read = read_declared(object(kSources));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(read->at({"source", "b"}), R"({"manifest":{"kind":"file","path":"y"},"name":"b"})");
  const auto objects = to_objects(*read);
  ASSERT_TRUE(objects);
  EXPECT_EQ(objects->sources.size(), 2U);
  EXPECT_TRUE(objects->offers.empty());
}

TEST(Declared, RefusesWhatItDoesNotKnow) {
  const struct {
    const char* name;
    const char* text;
    const char* pointer;
  } cases[] = {
      {"an unknown member", R"({"source": []})", nullptr},
      {"a list that is no list", R"({"sources": {}})", nullptr},
      {"an unknown member of an object", R"({"sources": [{"name": "a", "manifest": {}, "x": 1}]})", "/sources/0"},
      {"the second of two", R"({"sources": [{"name": "a", "manifest": {}}, {"name": ""}]})", "/sources/1"},
      {"a name given twice", R"({"sources": [{"name": "a", "manifest": {}}, {"name": "a", "manifest": {}}]})", nullptr},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto read = read_declared(object(c.text));
    ASSERT_FALSE(read);
    if (c.pointer == nullptr) continue;
    const auto& help = read.error().help;
    EXPECT_TRUE(std::any_of(help.begin(), help.end(), [&](const auto& h) { return h.second == c.pointer; }));
  }
}

TEST(Declared, RemovalsNameKnownKinds) {
  const auto read = read_removals(object(R"({"remove": [{"kind": "offer", "id": "urn:o"}]})"));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ((*read)[0], std::pair(std::string("offer"), std::string("urn:o")));
  EXPECT_TRUE(read_removals(object("{}"))->empty());
  for (const char* text : {R"({"remove": {}})", R"({"remove": ["offer"]})", R"({"remove": [{"kind": "offer"}]})",
                           R"({"remove": [{"kind": "entry", "id": "x"}]})",
                           R"({"remove": [{"kind": "offer", "id": "x", "force": true}]})"}) {
    EXPECT_FALSE(read_removals(object(text))) << text;
  }
}

TEST(Declared, DifferenceIsIdempotentAndRemovesOnlyWhatIsThere) {
  const Declared stored{{{"source", "a"}, "1"}, {{"source", "b"}, "1"}, {{"source", "c"}, "1"}};
  const Declared wanted{{{"source", "a"}, "1"}, {{"source", "b"}, "2"}, {{"source", "d"}, "1"}};
  const auto changes = difference(stored, wanted, {{"source", "c"}, {"source", "absent"}, {"source", "b"}});
  std::string seen;
  for (const Change& change : changes) seen += std::string(1, change.op) + change.id;
  EXPECT_EQ(seen, "=a~b+d-c");  // what is both wanted and removed stays
  for (const Change& change : difference(wanted, wanted, {})) EXPECT_EQ(change.op, '=');
}

TEST(Declared, StoredRowsThatAreNoJsonAreDamage) {
  const auto objects = to_objects(Declared{{{"source", "a"}, "{"}});
  ASSERT_FALSE(objects);
  EXPECT_EQ(objects.error().code, Code::DatabaseDamaged);
}

}  // namespace
}  // namespace sekisho::node
