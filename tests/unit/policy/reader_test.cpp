// The 21 rows of what the DSP schema lets pass and we do not (usage-policy.md 1.11), and the attacks 1–9, 13–16 and 36
// of its attack list, as tables.
#include "policy/reader.hpp"

#include <gtest/gtest.h>

#include "policy/admission.hpp"
#include "tests/unit/policy/policies.hpp"

namespace sekisho::policy {
namespace {

using test::atom;

struct Row {
  std::string_view name;
  std::string text;
  PolicyKind kind;
  // "" admitted; "read" refused by the reader; else the check that refuses it.
  std::string_view verdict;
};

std::string verdict_of(const std::string& text, PolicyKind kind) {
  const Result<PolicyDocument> document = read_policy_text(text, kind);
  if (!document) return "read";
  const Admission admission = admit(*document);
  for (const Finding& finding : admission.findings) {
    if (finding.refuses) return finding.check;
  }
  return "";
}

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) EXPECT_EQ(verdict_of(row.text, row.kind), row.verdict) << row.name << "\n" << row.text;
}

constexpr PolicyKind kOffer = PolicyKind::CatalogueOffer;

std::string one(const std::string& constraint) {
  return test::offer_text(fmt::format(R"("permission":[{{"action":"use","constraint":[{}]}}])", constraint));
}
std::string quoted(std::size_t length) { return fmt::format("\"{}\"", std::string(length, 'a')); }
std::string rule(std::string_view members) {
  return test::offer_text(fmt::format(R"("permission":[{{{}}}])", members));
}

TEST(Reader, WhatTheSchemaLetsPass) {
  const std::string use = R"("permission":[{"action":"use"}])";
  const auto agreement_with = [&](std::string_view timestamp) {
    return fmt::format(
        R"({{"@id":"urn:a","@type":"Agreement","target":"urn:d","assigner":"did:web:a","assignee":"did:web:b"{},{}}})",
        timestamp, use);
  };
  check({
      {"number as plain text", one(atom("odrl:count", "lteq", R"("10")")), kOffer, ""},
      {"number as typed value", one(atom("odrl:count", "lteq", R"({"@value":"10","@type":"xsd:integer"})")), kOffer,
       ""},
      {"number as JSON number", one(atom("odrl:count", "lteq", "10")), kOffer, "read"},
      {"JSON boolean", one(atom("odrl:purpose", "eq", "true")), kOffer, "read"},
      {"prefixed operator", one(atom("odrl:count", "odrl:lteq", R"("10")")), kOffer, "A01"},
      {"operator as IRI", one(atom("odrl:count", "http://www.w3.org/ns/odrl/2/lteq", R"("10")")), kOffer, "A01"},
      {"stray operator of the schema", one(atom("odrl:count", "term-lteq", R"("10")")), kOffer, "A01"},
      {"action object with refinement", rule(R"("action":{"@id":"use","refinement":[]})"), kOffer, "read"},
      {"rule-level target", rule(R"("action":"use","target":"urn:other")"), kOffer, "read"},
      {"duty that is no list", rule(R"("action":"use","duty":"whatever")"), kOffer, "read"},
      {"well-formed duty", rule(R"("action":"use","duty":[{"action":"odrl:delete"}])"), kOffer, "A08"},
      {"conflict", test::offer_text(use + R"(,"conflict":"perm")"), kOffer, "read"},
      {"remedy", test::offer_text(R"("prohibition":[{"action":"use","remedy":[]}])"), kOffer, "read"},
      {"only obligations", test::offer_text(R"("obligation":[{"action":"odrl:delete"}])"), kOffer, "read"},
      {"empty constraint list", rule(R"("action":"use","constraint":[])"), kOffer, "read"},
      {"empty or", one(R"({"or":[]})"), kOffer, "read"},
      {"agreement without timestamp", agreement_with(""), PolicyKind::Agreement, "read"},
      {"timestamp with junk around it", agreement_with(R"(,"timestamp":"x2026-01-01T00:00:00Zx")"),
       PolicyKind::Agreement, "read"},
      {"agreement as it should be", agreement_with(R"(,"timestamp":"2026-01-01T00:00:00Z")"), PolicyKind::Agreement,
       ""},
      {"@type Set", R"({"@id":"urn:o","@type":"Set","permission":[{"action":"use"}]})", kOffer, "read"},
      {"minute form", one(atom("dateTime", "lteq", R"("2123-12-31T06:00Z")")), kOffer, ""},
  });
}

TEST(Reader, AttackList) {
  const std::string ok = R"("permission":[{"action":"use"}])";
  const auto with_context = [&](std::string_view context) {
    return test::offer_text(fmt::format(R"({},"@context":{})", ok, context));
  };
  const std::string pinned = R"(["https://w3id.org/dspace/2025/1/context.jsonld"])";
  std::string deep = atom("odrl:count", "lteq", R"("1")");
  for (int i = 0; i < 40; ++i) deep = fmt::format(R"({{"and":[{}]}})", deep);
  std::string many = R"("permission":[)";
  for (int i = 0; i < 300; ++i)
    many += (i == 0 ? "" : ",") + fmt::format(R"({{"action":"use","constraint":[{}]}})",
                                              atom("odrl:count", "lteq", fmt::format(R"("{}")", i + 1)));
  many += "]";
  std::string wide;
  for (int i = 0; i < 5000; ++i) wide += fmt::format(R"({}"p{}")", i == 0 ? "" : ",", i);
  check({
      {"pinned context is fine", with_context(pinned), kOffer, ""},
      {"1 alias term by inline context", with_context(R"([{"note":"odrl:permission"}])"), kOffer, "read"},
      {"1 alias beside the pinned one",
       with_context(R"(["https://w3id.org/dspace/2025/1/context.jsonld",{"note":"odrl:permission"}])"), kOffer, "read"},
      {"2 odrl:permission beside permission", test::offer_text(ok + R"(,"odrl:permission":[{"action":"use"}])"), kOffer,
       "read"},
      {"2 full IRI as key", test::offer_text(ok + R"(,"http://www.w3.org/ns/odrl/2/permission":[{"action":"use"}])"),
       kOffer, "read"},
      {"3 @nest", test::offer_text(ok + R"(,"@nest":{"permission":[{"action":"use"}]})"), kOffer, "read"},
      {"3 @included", test::offer_text(ok + R"(,"@included":[])"), kOffer, "read"},
      {"3 @graph", test::offer_text(ok + R"(,"@graph":[])"), kOffer, "read"},
      {"3 @reverse in a rule", rule(R"("action":"use","@reverse":{})"), kOffer, "read"},
      {"3 @set in a value", one(atom("odrl:purpose", "isAnyOf", R"({"@set":["a"]})")), kOffer, "read"},
      {"3 @list in a value", one(atom("odrl:purpose", "isAnyOf", R"({"@list":["a"]})")), kOffer, "read"},
      {"3 @language in a value", one(atom("odrl:purpose", "eq", R"({"@value":"a","@language":"en"})")), kOffer, "read"},
      {"4 appended @vocab",
       with_context(R"(["https://w3id.org/dspace/2025/1/context.jsonld",{"@vocab":"https://evil.example/"}])"), kOffer,
       "read"},
      {"5 unit vanishes for JSON-LD",
       one(R"({"leftOperand":"odrl:count","operator":"lteq","rightOperand":"1","unit":"u"})"), kOffer, "read"},
      {"5 refinement", rule(R"("action":"use","refinement":[])"), kOffer, "read"},
      {"5 rightOperandReference",
       one(R"({"leftOperand":"odrl:count","operator":"lteq","rightOperandReference":"https://x.example/"})"), kOffer,
       "read"},
      {"6 null context", with_context("null"), kOffer, "read"},
      {"6 redefinition in a rule", rule(R"("action":"use","@context":{})"), kOffer, "read"},
      {"7 remote context", with_context(R"(["https://evil.example/context.jsonld"])"), kOffer, "read"},
      {"7 context as text", with_context(R"("https://w3id.org/dspace/2025/1/context.jsonld")"), kOffer, "read"},
      {"8 duplicate keys",
       R"({"@id":"urn:o","@type":"Offer","permission":[{"action":"use"}],"permission":[{"action":"odrl:read"}]})",
       kOffer, "read"},
      {"9 deep nesting", one(deep), kOffer, "read"},
      {"9 many rules", test::offer_text(many), kOffer, "read"},
      {"9 wide list", one(atom("odrl:purpose", "isAnyOf", "[" + wide + "]")), kOffer, "read"},
      {"9 long text", one(atom("odrl:purpose", "eq", quoted(3000))), kOffer, "read"},
      {"9 larger than 256 KiB", one(atom("odrl:purpose", "eq", quoted(300'000))), kOffer, "read"},
      {"13 exponent for a count", one(atom("odrl:count", "lteq", R"("1e1")")), kOffer, "A02"},
      {"13 sign for a count", one(atom("odrl:count", "lteq", R"("+10")")), kOffer, "A02"},
      {"13 leading zero", one(atom("odrl:count", "lteq", R"("010")")), kOffer, "A02"},
      {"13 a text where a time belongs", one(atom("odrl:dateTime", "lt", R"("tomorrow")")), kOffer, "A02"},
      {"13 a type that is not the operand's",
       one(atom("odrl:count", "lteq", R"({"@value":"10","@type":"xsd:string"})")), kOffer, "A02"},
      {"13 order on texts", one(atom("odrl:purpose", "lt", R"("b")")), kOffer, "A01"},
      {"14 no time zone", one(atom("odrl:dateTime", "lt", R"("2127-01-01T00:00:00")")), kOffer, "A02"},
      {"14 a date is a whole day", one(atom("odrl:dateTime", "lt", R"("2127-01-01")")), kOffer, ""},
      {"14 date typed as dateTime",
       one(atom("odrl:dateTime", "lt", R"({"@value":"2127-01-01","@type":"xsd:dateTime"})")), kOffer, "A02"},
      {"15 homoglyph", one(atom("odrl:purpose", "eq", R"("f\u043eod")")), kOffer, "read"},
      {"15 not in NFC", one(atom("odrl:purpose", "eq", R"("caf\u0065\u0301")")), kOffer, "read"},
      {"15 percent escape", one(atom("odrl:purpose", "eq", R"("https://x.example/%66ood")")), kOffer, "A02"},
      {"15 bidi control", one(atom("odrl:purpose", "eq", R"("a\u202eb")")), kOffer, "read"},
      {"15 NUL", one(atom("odrl:purpose", "eq", R"("a\u0000b")")), kOffer, "read"},
      {"16 target in a catalogue's offer", test::offer_text(ok + R"(,"target":"urn:d")"), kOffer, "read"},
      {"16 no target in a message's offer", test::offer_text(ok), PolicyKind::MessageOffer, "read"},
      {"16 timestamp in an offer", test::offer_text(ok + R"(,"timestamp":"2026-01-01T00:00:00Z")"), kOffer, "read"},
      {"36 conflict perm", test::offer_text(ok + R"(,"conflict":"perm","prohibition":[{"action":"use"}])"), kOffer,
       "read"},
      {"36 prohibition with its own assignee",
       test::offer_text(ok + R"(,"prohibition":[{"action":"use","assignee":"did:web:nobody"}])"), kOffer, "read"},
      {"36 prohibition of what is permitted", test::offer_text(ok + R"(,"prohibition":[{"action":"odrl:read"}])"),
       kOffer, "A05"},
      {"inheritFrom", test::offer_text(ok + R"(,"inheritFrom":"urn:p")"), kOffer, "read"},
      {"unknown profile",
       R"({"@id":"urn:o","@type":"Offer","profile":"https://x.example/p","permission":[{"action":"use"}]})", kOffer,
       "A01"},
      {"profile term without the profile",
       R"({"@id":"urn:o","@type":"Offer","permission":[{"action":"use","constraint":[{"leftOperand":"https://w3id.org/sekisho/v1/recipientZone","operator":"eq","rightOperand":"eu"}]}]})",
       kOffer, "A01"},
  });
}

TEST(Reader, ErrorsNameThePlace) {
  const auto document =
      read_policy_text(one(R"({"leftOperand":"odrl:count","operator":"lteq","rightOperand":7})"), kOffer);
  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().code, Code::JsonShape);
  ASSERT_FALSE(document.error().help.empty());
  EXPECT_EQ(document.error().help.front().second, "/permission/0/constraint/0/rightOperand");
}

TEST(Reader, NamesOfThePeerAreNotRepeatedUnlessTheyAreHarmless) {
  const auto document = read_policy_text(
      test::offer_text("\"permission\":[{\"action\":\"use\"}],\"<script>alert(1)</script>\":1"), kOffer);
  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().chain().find("script"), std::string::npos);
}

}  // namespace
}  // namespace sekisho::policy
