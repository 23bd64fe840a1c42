#include <gtest/gtest.h>

#include "node/catalog/objects.hpp"

namespace sekisho::node {
namespace {

Json json(std::string_view text) { return parse_json(text).value(); }

TEST(CatalogObjects, AreReadAsTheyWereWritten) {
  const auto source = parse_source(json(R"({"name": "events", "manifest": {"kind": "file", "path": "x"}})"));
  ASSERT_TRUE(source);
  EXPECT_EQ(to_json(*source), to_json(*parse_source(to_json(*source))));
  const auto dataset = parse_dataset(json(
      R"({"id": "urn:d", "source": "events", "conformsTo": "https://ref.gs1.org/standards/epcis/", "view": {"fields": {}},
          "schema": {"document": {"type": "object"}}, "push": true})"));
  ASSERT_TRUE(dataset);
  EXPECT_TRUE(dataset->push);
  EXPECT_EQ(dataset->title, "urn:d");
  EXPECT_EQ(dataset->media, "application/x-ndjson");
  EXPECT_TRUE(dataset->schema);
  EXPECT_EQ(to_json(*dataset), to_json(*parse_dataset(to_json(*dataset))));
  const auto offer =
      parse_offer(json(R"({"id": "urn:o", "dataset": "urn:d", "policy": {"permission": [{"action": "use"}]}})"));
  ASSERT_TRUE(offer);
  EXPECT_EQ(to_json(*offer), to_json(*parse_offer(to_json(*offer))));
  const auto client = parse_client(json(
      R"({"id": "startup", "token_sha256": "0101010101010101010101010101010101010101010101010101010101010101", "scopes": ["data", "audit"]})"));
  ASSERT_TRUE(client);
  EXPECT_EQ(client->scopes.size(), 2U);
  EXPECT_EQ(to_json(*client), to_json(*parse_client(to_json(*client))));
}

TEST(CatalogObjects, OfAnotherShapeAreRefusedAndNamed) {
  struct Case {
    Result<OfferObject> (*offer)(const Json&);
    const char* text;
    const char* pointer;
  };
  for (const Case& one :
       {Case{parse_offer, R"({"id": "urn:o", "dataset": "urn:d", "policy": {}, "x": 1})", "/x"},
        Case{parse_offer, R"({"id": "bad name", "dataset": "urn:d", "policy": {}})", "/id"},
        Case{parse_offer, R"({"id": "urn:o", "dataset": "urn:d", "policy": []})", "/policy"},
        Case{parse_offer, R"({"id": "urn:o", "dataset": "urn:d", "policy": {"@id": "x"}})", "/policy/@id"},
        Case{parse_offer, R"({"id": "urn:o", "dataset": "urn:d", "policy": {"target": "x"}})", "/policy/target"}}) {
    const auto parsed = one.offer(json(one.text));
    ASSERT_FALSE(parsed) << one.text;
    EXPECT_EQ(parsed.error().code, Code::JsonShape) << one.text;
    ASSERT_FALSE(parsed.error().help.empty()) << one.text;
    EXPECT_EQ(parsed.error().help.front().second, one.pointer) << one.text;
  }
  EXPECT_FALSE(parse_source(json("[]")));
  EXPECT_FALSE(parse_source(json(R"({"name": "", "manifest": {}})")));
  EXPECT_FALSE(parse_dataset(json(R"({"id": "urn:d", "source": "events", "media": "text"})")));
  EXPECT_FALSE(parse_dataset(json(R"({"id": "urn:d", "source": "events", "conformsTo": "no IRI"})")));
  EXPECT_FALSE(parse_dataset(json(R"({"id": "urn:d", "source": "events", "push": "yes"})")));
  EXPECT_FALSE(parse_dataset(json(R"({"id": "urn:d", "source": "events"})"))->push);
  EXPECT_FALSE(parse_client(json(R"({"id": "c", "token_sha256": "AB", "scopes": ["data"]})")));
  const std::string zeros(64, '0');
  EXPECT_FALSE(parse_client(json(R"({"id": "c", "token_sha256": ")" + zeros + R"(", "scopes": []})")));
  EXPECT_FALSE(parse_client(json(R"({"id": "c", "token_sha256": ")" + zeros + R"(", "scopes": ["admin"]})")));
}

}  // namespace
}  // namespace sekisho::node
