#include "trust/evidence/log_entry.hpp"

#include <gtest/gtest.h>

#include <set>

#include "trust/evidence/kinds.hpp"

namespace sekisho::trust {
namespace {

pb::Entry entry() {
  pb::Entry e;
  e.set_version(1);
  e.set_kind(pb::NRO_OUT);
  e.set_time_us(7);
  e.set_payload("{}");
  e.mutable_seal()->set_signature(std::string(64, 's'));
  pb::Token& token = *e.add_tokens();
  token.set_dimension(3);
  token.set_value(std::string(16, 't'));
  e.set_pad(std::string(10, '\0'));
  return e;
}

Result<pb::Entry> parse(const std::string& bytes) { return parse_log_entry(as_bytes(bytes)); }

TEST(LogEntry, OneSpellingOnly) {
  const std::string good = entry().SerializeAsString();
  ASSERT_TRUE(parse(good));
  EXPECT_EQ(parse(good)->SerializeAsString(), good);
  EXPECT_FALSE(parse(good + std::string("\x58\x01"))) << "unknown field 11";
  EXPECT_FALSE(parse(good.substr(0, good.size() - 1))) << "cut";
  EXPECT_FALSE(parse(good + good)) << "twice";
  pb::Entry padded = entry();
  padded.set_pad(std::string(9, '\0') + "x");
  EXPECT_FALSE(parse(padded.SerializeAsString())) << "something hidden in the padding";
  EXPECT_FALSE(parse(std::string(70'000, '\0'))) << "too large";
  // An unknown field inside the seal or a token.
  EXPECT_FALSE(parse(std::string("\x3a\x02\x30\x01")));
  EXPECT_FALSE(parse(std::string("\x42\x02\x18\x01")));
}

TEST(Kinds, EachHasItsPredicateAndEntries) {
  std::set<std::string_view> names;
  for (const StatementKind kind : kStatementKinds) {
    EXPECT_TRUE(names.insert(kind_name(kind)).second);
    EXPECT_EQ(predicate_type(kind), "https://w3id.org/sekisho/" + std::string(kind_name(kind)) + "/v1");
    EXPECT_EQ(kind_of_predicate(predicate_type(kind)), kind);
    EXPECT_NE(own_entry_kind(kind), peer_entry_kind(kind));
  }
  EXPECT_FALSE(kind_of_predicate("https://w3id.org/sekisho/release/v2"));
  EXPECT_EQ(own_entry_kind(StatementKind::Void), pb::VOID_OUT);
  EXPECT_EQ(peer_entry_kind(StatementKind::Receipt), pb::NRR_IN);
  EXPECT_EQ(own_entry_kind(StatementKind::Intent), pb::INTENT);
}

}  // namespace
}  // namespace sekisho::trust
