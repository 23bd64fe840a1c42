#include "policy/decide.hpp"

#include <gtest/gtest.h>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "tests/unit/policy/policies.hpp"

namespace sekisho::policy {
namespace {

using test::atom;
using test::permission;
using namespace std::chrono_literals;

Instant at(std::string_view text) { return from_rfc3339(text).value(); }

constexpr std::string_view kViewId =
    "urn:sekisho:view:sha-256:1111111111111111111111111111111111111111111111111111111111111111";

// The demo's agreement: purpose, zone, expiry, quota, view.
std::shared_ptr<const Agreement> demo() {
  return test::agreement(fmt::format(
      R"("permission":[{}],"prohibition":[{{"action":"odrl:distribute"}},{{"action":"odrl:transfer"}}])",
      permission(
          "odrl:read",
          fmt::format("{},{},{},{},{}", atom("odrl:purpose", "isAnyOf", R"(["food-safety","recall"])"),
                      atom(test::kZone, "eq", R"("eu")"), atom("odrl:dateTime", "lt", R"("2027-01-01T00:00:00Z")"),
                      atom("odrl:count", "lteq", R"("10")"),
                      atom(test::kViewOperand, "eq", fmt::format(R"("{}")", kViewId))))));
}

DecisionInput good(const Agreement& agreement) {
  DecisionInput input;
  input.target = agreement.target;
  input.assignee = agreement.assignee;
  input.zone = "eu";
  input.purpose = "recall";
  input.used = 0;
  input.view = agreement.view;
  input.clock = {at("2026-12-01T00:00:00Z"), 100ms};
  return input;
}

std::string help_of(const Error& error, std::string_view name) {
  for (const auto& [key, value] : error.help) {
    if (key == name) return value;
  }
  return {};
}

TEST(Decide, PermitsAndReserves) {
  const auto agreement = demo();
  const Decision decision = decide(agreement->program, good(*agreement));
  ASSERT_TRUE(decision.permit);
  ASSERT_TRUE(decision.reservation.has_value());
  EXPECT_EQ(decision.reservation->limit, 10U);
  EXPECT_EQ(decision.reservation->counter, agreement->digest);
  EXPECT_EQ(agreement->purposes, (std::vector<std::string>{"food-safety", "recall"}));
  EXPECT_EQ(to_hex(*agreement->view), std::string(64, '1'));
}

struct Denied {
  std::string_view name;
  void (*change)(DecisionInput&);
  Code code;
  std::string_view help, value;
};

TEST(Decide, DeniesWithTheCodeThatHelps) {
  static const Digest other_view{};
  const std::vector<Denied> rows{
      {"another purpose", [](DecisionInput& i) { i.purpose = "marketing"; }, Code::PurposeMismatch, "purposes",
       "food-safety, recall"},
      {"no purpose", [](DecisionInput& i) { i.purpose = {}; }, Code::ClaimMissing, "claims", "purpose"},
      {"another zone", [](DecisionInput& i) { i.zone = "xx"; }, Code::Jurisdiction, "zones", "eu"},
      {"expired", [](DecisionInput& i) { i.clock.now = at("2027-01-02T00:00:00Z"); }, Code::Expired, "", ""},
      {"at the bound", [](DecisionInput& i) { i.clock.now = at("2026-12-31T23:59:59.950000Z"); }, Code::ClockUncertain,
       "", ""},
      {"quota spent", [](DecisionInput& i) { i.used = 10; }, Code::Quota, "limit", "10"},
      {"quota unknown", [](DecisionInput& i) { i.used = std::nullopt; }, Code::Quota, "limit", "10"},
      {"another view", [](DecisionInput& i) { i.view = other_view; }, Code::ViewError, "", ""},
      {"no view", [](DecisionInput& i) { i.view = std::nullopt; }, Code::ViewError, "", ""},
      {"another dataset", [](DecisionInput& i) { i.target = "urn:dataset:2"; }, Code::NoPermission, "", ""},
      {"another party", [](DecisionInput& i) { i.assignee = "did:web:node.xx.example"; }, Code::NoPermission, "", ""},
      {"nobody", [](DecisionInput& i) { i.assignee = {}; }, Code::NoPermission, "", ""},
      {"a prohibited action", [](DecisionInput& i) { i.action = Action::Distribute; }, Code::Prohibited, "", ""},
      {"an action nobody spoke of", [](DecisionInput& i) { i.action = Action::Modify; }, Code::NoPermission, "", ""},
      {"zone before expiry before purpose",
       [](DecisionInput& i) {
         i.zone = "xx";
         i.purpose = "marketing";
         i.clock.now = at("2028-01-01T00:00:00Z");
       },
       Code::Jurisdiction, "", ""},
  };
  const auto agreement = demo();
  for (const Denied& row : rows) {
    SCOPED_TRACE(std::string(row.name));
    DecisionInput input = good(*agreement);
    row.change(input);
    const Decision decision = decide(agreement->program, input);
    ASSERT_FALSE(decision.permit);
    EXPECT_FALSE(decision.reservation.has_value());
    EXPECT_EQ(code_info(decision.code).name, code_info(row.code).name);
    const Error error = denial(agreement->program, decision);
    EXPECT_EQ(error.code, row.code);
    EXPECT_EQ(help_of(error, row.help), row.value);
  }
}

TEST(Decide, LastUnitAndTheOneAfter) {
  const auto agreement = demo();
  DecisionInput input = good(*agreement);
  input.used = 9;
  EXPECT_TRUE(decide(agreement->program, input).permit);
  input.used = 10;
  EXPECT_FALSE(decide(agreement->program, input).permit);
}

TEST(Decide, TheNearestPermissionGivesTheCode) {
  // One permission lacks purpose and zone, the other only the time.
  const auto agreement =
      test::agreement(fmt::format(R"("permission":[{},{}])",
                                  permission("odrl:read", fmt::format("{},{}", atom("odrl:purpose", "eq", R"("a")"),
                                                                      atom(test::kZone, "eq", R"("jp")"))),
                                  permission("odrl:read", atom("odrl:dateTime", "gteq", R"("2027-01-01T00:00:00Z")"))));
  DecisionInput input = good(*agreement);
  EXPECT_EQ(decide(agreement->program, input).code, Code::NotYet);
}

TEST(Decide, APermissionWithoutQuotaIsUsedFirst) {
  const auto agreement = test::agreement(fmt::format(R"("permission":[{},{},{}])",
                                                     permission("odrl:read", atom("odrl:count", "lteq", R"("5")")),
                                                     permission("odrl:read", atom("odrl:count", "lt", R"("10")")),
                                                     permission("odrl:read", atom(test::kZone, "eq", R"("eu")"))));
  DecisionInput input = good(*agreement);
  EXPECT_FALSE(decide(agreement->program, input).reservation.has_value());
  input.zone = "jp";
  EXPECT_EQ(decide(agreement->program, input).reservation->limit, 9U);
}

TEST(Decide, AnUnknownFactNeitherGrantsNorLiftsAProhibition) {
  // Attack 12: negative operators must not turn true when nothing is known.
  const auto negative = test::agreement(
      fmt::format(R"("permission":[{}])", permission("odrl:read", atom("odrl:purpose", "neq", R"("war")"))));
  DecisionInput input = good(*negative);
  EXPECT_TRUE(decide(negative->program, input).permit);
  input.purpose = {};
  EXPECT_FALSE(decide(negative->program, input).permit);
  const auto disjoint = test::agreement(fmt::format(
      R"("permission":[{}],"prohibition":[{}])", permission("odrl:read", atom(test::kZone, "eq", R"("eu")")),
      permission("odrl:read",
                 fmt::format("{},{}", atom(test::kZone, "eq", R"("jp")"), atom("odrl:purpose", "eq", R"("war")")))));
  input = good(*disjoint);
  EXPECT_TRUE(decide(disjoint->program, input).permit);
  input.zone = {};
  input.purpose = {};
  EXPECT_EQ(decide(disjoint->program, input).code, Code::Prohibited);
}

TEST(Decide, AContradictionDeniesEverything) {
  // Admission refuses it; a program that was compiled all the same must not grant.
  PolicyIr ir = demo()->ir;
  Rule against;
  against.kind = RuleKind::Prohibition;
  against.action = Action::Read;
  ir.rules.push_back(against);
  seal(ir);
  const Program program = Program::compile(ir, Digest{});
  EXPECT_EQ(decide(program, good(*demo())).code, Code::PolicyVoid);
}

TEST(Decide, AnOfferNeverGrants) {
  PolicyIr ir = demo()->ir;
  ir.kind = PolicyKind::MessageOffer;
  EXPECT_FALSE(decide(Program::compile(ir, Digest{}), good(*demo())).permit);
}

TEST(Decide, NarrowerPurposes) {
  const auto agreement = test::agreement(
      fmt::format(R"("permission":[{}])",
                  permission("odrl:read",
                             atom("odrl:purpose", "isA", R"({"@id":"https://w3id.org/dpv#ResearchAndDevelopment"})"))));
  DecisionInput input = good(*agreement);
  input.purpose = "https://w3id.org/dpv#AcademicResearch";
  EXPECT_TRUE(decide(agreement->program, input).permit);
  input.purpose = "https://w3id.org/dpv#Marketing";
  EXPECT_FALSE(decide(agreement->program, input).permit);
}

TEST(Decide, TraceIsCanonicalAndReplays) {
  const auto agreement = demo();
  DecisionInput input = good(*agreement);
  for (const std::string_view purpose : {"recall", "marketing", "", "a\"b\n"}) {
    input.purpose = purpose;
    const Decision decision = decide(agreement->program, input);
    const std::string text = trace_text(agreement->program, input, decision);
    const Result<Json> parsed = parse_json(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(canonical_json(*parsed).value(), text);
    EXPECT_EQ(decision_digest(agreement->program, input, decision), sha256(as_bytes(text)));
    EXPECT_EQ(trace_text(agreement->program, input, decide(agreement->program, input)), text);
  }
  input.purpose = "recall";
  const Digest before = decision_digest(agreement->program, input, decide(agreement->program, input));
  input.purpose = "food-safety";
  EXPECT_NE(decision_digest(agreement->program, input, decide(agreement->program, input)), before);
}

}  // namespace
}  // namespace sekisho::policy
