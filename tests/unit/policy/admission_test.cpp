#include "policy/admission.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "policy/reader.hpp"
#include "tests/support/test_data.hpp"
#include "tests/unit/policy/policies.hpp"

namespace sekisho::policy {
namespace {

using test::atom;
using test::permission;

struct Row {
  std::string_view name;
  std::string rules;
  std::string_view check;  // that must be found
  bool refuses;
  std::string_view suggestion;  // contained in it
};

Admission admission_of(const std::string& rules, const AdmissionOptions& options = {}) {
  const Result<PolicyDocument> document = read_policy_text(test::offer_text(rules), PolicyKind::CatalogueOffer);
  EXPECT_TRUE(document.has_value()) << document.error().chain();
  return admit(*document, options);
}

TEST(Admission, Checks) {
  const auto permit = [](const std::string& constraints) {
    return fmt::format(R"("permission":[{}])", permission("odrl:read", constraints));
  };
  const std::string contradiction = atom("odrl:purpose", "eq", R"("a")") + "," + atom("odrl:purpose", "eq", R"("b")");
  std::string big;
  for (int i = 0; i < 100; ++i) {
    big += fmt::format("{}{}", i == 0 ? "" : ",",
                       permission("odrl:read", atom("odrl:purpose", "eq", fmt::format(R"("p{}")", i))));
  }
  const std::vector<Row> rows{
      {"unknown operand", permit(atom("odrl:payAmount", "lteq", R"("1")")), "A01", true, ""},
      {"misspelt operand", permit(atom("odrl:datetime", "lt", R"("2127-01-01")")), "A01", true, "odrl:dateTime"},
      {"zone without its IRI", permit(atom("recipientzone", "eq", R"("eu")")), "A01", true, test::kZone},
      {"unknown action", R"("permission":[{"action":"odrl:raed"}])", "A01", true, "odrl:read"},
      {"andSequence", permit(fmt::format(R"({{"andSequence":[{}]}})", contradiction)), "A01", true, "and"},
      {"count in or",
       permit(fmt::format(R"({{"or":[{},{}]}})", atom("odrl:count", "lteq", R"("1")"),
                          atom("odrl:purpose", "eq", R"("a")"))),
       "A01", true, ""},
      {"count in a prohibition",
       permit("") +
           fmt::format(R"(,"prohibition":[{}])", permission("odrl:distribute", atom("odrl:count", "lteq", R"("1")"))),
       "A01", true, ""},
      {"time without zone", permit(atom("odrl:dateTime", "lt", R"("2127-01-01T00:00:00")")), "A02", true,
       "2127-01-01T00:00:00Z"},
      {"list with eq", permit(atom("odrl:purpose", "eq", R"(["a","b"])")), "A02", true, "isAnyOf"},
      {"not a view", permit(atom(test::kViewOperand, "eq", R"("urn:other")")), "A02", true, ""},
      {"two purposes at once", permit(contradiction), "A03", true, ""},
      {"time that is never",
       permit(atom("odrl:dateTime", "lt", R"("2127-01-01")") + "," + atom("odrl:dateTime", "gt", R"("2127-06-01")")),
       "A03", true, ""},
      {"count of none", permit(atom("odrl:count", "lt", R"("1")")), "A03", true, ""},
      {"xone of equals", permit(fmt::format(R"({{"xone":[{0},{0}]}})", atom("odrl:purpose", "eq", R"("a")"))), "A03",
       true, ""},
      {"only a prohibition", R"("prohibition":[{"action":"odrl:read"}])", "A04", true, ""},
      {"only what is not served", R"("permission":[{"action":"odrl:transfer"}])", "A04", true, ""},
      {"overlap",
       permit("") + fmt::format(R"(,"prohibition":[{}])", permission("use", atom("odrl:purpose", "eq", R"("war")"))),
       "A05", true, ""},
      {"twice", fmt::format(R"("permission":[{0},{0}])", permission("odrl:read", "")), "A06", false, ""},
      {"nothing about passing on", permit(""), "A07", false, "odrl:distribute"},
      {"obligation", permit("") + R"(,"obligation":[{"action":"odrl:delete"}])", "A08", true, ""},
      {"too many rules", fmt::format(R"("permission":[{}])", big), "A12", true, ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.name));
    const Admission admission = admission_of(row.rules);
    EXPECT_EQ(admission.admitted(), !row.refuses);
    const auto found = std::ranges::find_if(
        admission.findings, [&](const Finding& f) { return f.check == row.check && f.refuses == row.refuses; });
    ASSERT_NE(found, admission.findings.end()) << report_text(admission);
    EXPECT_NE(found->suggestion.find(row.suggestion), std::string::npos) << found->suggestion;
  }
}

TEST(Admission, DisjointPermissionAndProhibitionAreFine) {
  const Admission admission = admission_of(
      fmt::format(R"("permission":[{}],"prohibition":[{},{{"action":"odrl:distribute"}},{{"action":"odrl:transfer"}}])",
                  permission("use", atom("odrl:purpose", "neq", R"("war")")),
                  permission("use", atom("odrl:purpose", "eq", R"("war")"))));
  EXPECT_TRUE(admission.admitted()) << report_text(admission);
  EXPECT_TRUE(admission.findings.empty()) << report_text(admission);
}

TEST(Admission, Expired) {
  const std::string rules = fmt::format(
      R"("permission":[{}])", permission("odrl:read", atom("odrl:dateTime", "lt", R"("2026-01-01T00:00:00Z")")));
  AdmissionOptions options;
  options.now = from_rfc3339("2026-11-24T00:00:00Z").value();
  EXPECT_FALSE(admission_of(rules, options).admitted());
  options.expired_is_fatal = false;
  const Admission admission = admission_of(rules, options);
  EXPECT_TRUE(admission.admitted());
  EXPECT_EQ(admission.findings.front().check, "A16");
}

TEST(Admission, TheOverlapIsShownAsARequest) {
  const Admission admission = admission_of(fmt::format(
      R"("permission":[{}],"prohibition":[{}])", permission("use", atom(test::kZone, "isAnyOf", R"(["eu","jp"])")),
      permission("use", atom(test::kZone, "eq", R"("jp")"))));
  ASSERT_FALSE(admission.admitted());
  EXPECT_NE(report_text(admission).find("recipientZone = jp"), std::string::npos) << report_text(admission);
}

TEST(Admission, LabelsAreHonest) {
  const Admission admission = admission_of(fmt::format(
      R"("permission":[{},{}],"prohibition":[{{"action":"odrl:distribute"}}])",
      permission("odrl:read", atom(test::kZone, "eq", R"("eu")")),
      permission("odrl:read", atom(test::kZone, "eq", R"("jp")") + "," + atom("odrl:purpose", "eq", R"("a")"))));
  ASSERT_TRUE(admission.admitted());
  std::map<std::string, int> labels;
  for (const Rule& rule : admission.ir->rules) ++labels[std::string(to_text(rule.label))];
  EXPECT_EQ(labels, (std::map<std::string, int>{{"E", 1}, {"A", 1}, {"C", 1}}));
  EXPECT_NE(plain_text(*admission.ir).find("must not distribute the data"), std::string::npos)
      << plain_text(*admission.ir);
}

// One meaning, many texts: spellings, order, nesting, time zones.
TEST(Admission, EquivalentTextsHaveOneDigest) {
  const std::string a = fmt::format(R"("permission":[{},{}])",
                                    permission("odrl:read", atom("odrl:dateTime", "lteq", R"("2127-01-01")") + "," +
                                                                atom("odrl:purpose", "isAnyOf", R"(["b","a"])")),
                                    permission("use", atom("odrl:purpose", "eq", R"("c")")));
  const std::string b = fmt::format(
      R"("permission":[{},{}])",
      permission("http://www.w3.org/ns/odrl/2/use", atom("purpose", "isAnyOf", R"([{"@id":"c"}])")),
      permission("read", fmt::format(R"({{"and":[{},{}]}})",
                                     atom("http://www.w3.org/ns/odrl/2/purpose", "isAnyOf", R"(["a","b","a"])"),
                                     atom("dateTime", "lteq",
                                          R"({"@value":"2127-01-02T08:59:59.999999+09:00","@type":"xsd:dateTime"})"))));
  const Admission first = admission_of(a), second = admission_of(b);
  ASSERT_TRUE(first.admitted() && second.admitted()) << report_text(second);
  EXPECT_EQ(first.ir->digest, second.ir->digest) << plain_text(*first.ir) << plain_text(*second.ir);
}

TEST(Admission, OneChangedTermChangesTheDigest) {
  const auto digest = [](const std::string& constraint) {
    return admission_of(fmt::format(R"("permission":[{}])", permission("odrl:read", constraint))).ir->digest;
  };
  std::set<Digest> digests;
  for (const auto& constraint :
       {atom("odrl:purpose", "eq", R"("a")"), atom("odrl:purpose", "eq", R"("b")"),
        atom("odrl:purpose", "neq", R"("a")"), atom("odrl:recipient", "eq", R"("a")"),
        atom("odrl:count", "lteq", R"("1")"), atom("odrl:count", "lteq", R"("2")"), std::string()}) {
    digests.insert(digest(constraint));
  }
  EXPECT_EQ(digests.size(), 7U);
}

TEST(Admission, ReportIsCanonicalJson) {
  const Json refused = report(admission_of(R"("permission":[{"action":"odrl:raed"}])"));
  EXPECT_FALSE(refused.at("admitted").as_bool());
  EXPECT_EQ(refused.at("findings").as_array().front().at("pointer").as_string(), "/permission/0/action");
  const Json admitted = report(admission_of(R"("permission":[{"action":"odrl:read"}])"));
  EXPECT_EQ(admitted.at("rules").as_array().size(), 1U);
}

TEST(Admission, ErrorCarriesTheReport) {
  const auto ir = admit_policy(test::json(test::offer_text(R"("permission":[{"action":"odrl:raed"}])")),
                               PolicyKind::CatalogueOffer);
  ASSERT_FALSE(ir.has_value());
  EXPECT_EQ(ir.error().code, Code::PolicyRefused);
  ASSERT_FALSE(ir.error().help.empty());
  EXPECT_TRUE(parse_json(ir.error().help.front().second).has_value());
}

// The protocol's own examples. The "full" agreement uses operands that nobody defined and holds an unsatisfiable
// permission: it must be refused, and each of its unknown operands named.
TEST(Admission, ExamplesOfTheProtocol) {
  SEKISHO_DATA_OR_SKIP(folder, "dsp/negotiation/example");
  std::size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const Result<Json> message = parse_json(sekisho::test::read_text(entry.path()));
    ASSERT_TRUE(message.has_value()) << entry.path();
    const JsonObject& object = message->get_object();
    const bool offer = object.contains("offer");
    if (!offer && !object.contains("agreement")) continue;
    ++cases;
    const Json& policy = object.at(offer ? "offer" : "agreement");
    const auto document = read_policy(policy, offer ? PolicyKind::MessageOffer : PolicyKind::Agreement);
    const bool full = entry.path().filename() == "contract-agreement-message-full.json";
    SCOPED_TRACE(entry.path().filename().string());
    ASSERT_TRUE(document.has_value()) << document.error().chain();
    const Admission admission = admit(*document);
    EXPECT_EQ(admission.admitted(), !full) << report_text(admission);
    if (full) {
      EXPECT_GE(std::ranges::count(admission.findings, "A01", &Finding::check), 12);
    }
  }
  sekisho::test::print_cases("policies of DSP examples", cases);
  EXPECT_GE(cases, 5U);
}

}  // namespace
}  // namespace sekisho::policy
