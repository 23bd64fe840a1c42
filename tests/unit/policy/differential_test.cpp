// The compiled program against the reference evaluator, and the laws of the semantics, over random policies.
#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "policy/decide.hpp"
#include "policy/offer.hpp"
#include "policy/view.hpp"
#include "tests/unit/policy/policies.hpp"
#include "tests/unit/policy/reference_evaluator.hpp"

namespace sekisho::policy {
namespace {

const std::vector<std::string> kPurposes{"a", "b", "https://w3id.org/dpv#Marketing", "https://w3id.org/dpv#Advertising",
                                         "https://w3id.org/dpv#PersonalisedAdvertising"};
const std::vector<std::string> kZones{"jp", "eu", "xx"};
const std::vector<std::string> kParties{"did:web:a.example", "did:web:b.example"};

std::string view_id(int n) { return std::string(kViewPrefix) + std::string(64, static_cast<char>('0' + n)); }

rc::Gen<std::vector<std::string>> some_of(const std::vector<std::string>& texts) {
  return rc::gen::map(rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, texts.size())),
                      [texts](const std::vector<std::size_t>& picks) {
                        std::vector<std::string> out{texts.front()};
                        for (const std::size_t pick : picks) out.push_back(texts[pick]);
                        if (!picks.empty()) out.erase(out.begin());
                        return out;
                      });
}

Atom random_atom(bool counts) {
  Atom out;
  out.operand = static_cast<Operand>(*rc::gen::inRange<std::size_t>(0, kOperands));
  if (out.operand == Operand::Count && !counts) out.operand = Operand::Purpose;
  switch (out.operand) {
    case Operand::DateTime:
      out.op =
          *rc::gen::element(Operator::Lt, Operator::Lteq, Operator::Gt, Operator::Gteq, Operator::Eq, Operator::Neq);
      out.number = *rc::gen::inRange<std::int64_t>(0, 20);
      break;
    case Operand::Count:
      out.op = Operator::Lteq;
      out.number = *rc::gen::inRange<std::int64_t>(0, 6);
      break;
    case Operand::View:
      out.op = Operator::Eq;
      out.texts = {view_id(*rc::gen::inRange(0, 3))};
      break;
    case Operand::Purpose:
      out.op = *rc::gen::element(Operator::IsA, Operator::IsAnyOf, Operator::IsNoneOf);
      out.texts = *some_of(kPurposes);
      if (out.op == Operator::IsA) out.texts.resize(1);
      break;
    case Operand::Recipient:
    case Operand::RecipientZone:
      out.op = *rc::gen::element(Operator::IsAnyOf, Operator::IsNoneOf);
      out.texts = *some_of(out.operand == Operand::Recipient ? kParties : kZones);
      break;
  }
  return out;
}

Expr random_expr(int depth, bool counts) {
  Expr out;
  if (depth == 0 || *rc::gen::inRange(0, 3) == 0) {
    out.kind = Expr::Kind::Atom;
    out.atom = random_atom(counts);
    return out;
  }
  out.kind = *rc::gen::element(Expr::Kind::All, Expr::Kind::Any, Expr::Kind::One);
  const int parts = *rc::gen::inRange(1, 5);
  for (int i = 0; i < parts; ++i) out.parts.push_back(random_expr(depth - 1, counts && out.kind == Expr::Kind::All));
  return out;
}

Rule random_rule() {
  Rule rule;
  rule.kind = *rc::gen::element(RuleKind::Permission, RuleKind::Permission, RuleKind::Prohibition);
  rule.action = *rc::gen::element(Action::Use, Action::Read, Action::Distribute, Action::Transfer);
  const int parts = *rc::gen::inRange(0, 4);
  for (int i = 0; i < parts; ++i) rule.condition.parts.push_back(random_expr(2, rule.kind == RuleKind::Permission));
  return rule;
}

PolicyIr random_policy() {
  PolicyIr ir;
  ir.kind = PolicyKind::Agreement;
  ir.profiles = {std::string(kSekishoProfile)};
  ir.id = "urn:agreement:1";
  ir.target = "urn:dataset:1";
  ir.assigner = "did:web:p.example";
  ir.assignee = kParties.front();
  ir.timestamp = Instant{};
  const int rules = *rc::gen::inRange(1, 7);
  for (int i = 0; i < rules; ++i) ir.rules.push_back(random_rule());
  seal(ir);
  return ir;
}

DecisionInput random_input(const PolicyIr& ir) {
  DecisionInput input;
  input.action = *rc::gen::element(Action::Read, Action::Read, Action::Distribute);
  input.target = ir.target;
  input.assignee = ir.assignee;
  const auto pick = [](const std::vector<std::string>& texts) {
    const std::size_t n = *rc::gen::inRange<std::size_t>(0, texts.size() + 1);
    return n == texts.size() ? std::string_view() : std::string_view(texts[n]);
  };
  input.purpose = pick(kPurposes);
  input.zone = pick(kZones);
  if (*rc::gen::arbitrary<bool>()) input.used = *rc::gen::inRange<std::uint64_t>(0, 7);
  if (*rc::gen::arbitrary<bool>()) input.view = *view_digest_from_id(view_id(*rc::gen::inRange(0, 3)));
  input.clock.now = Instant(std::chrono::microseconds(*rc::gen::inRange(0, 20)));
  input.clock.uncertainty = std::chrono::microseconds(*rc::gen::inRange(0, 4));
  return input;
}

TEST(Differential, ProgramAgreesWithReference) {
  std::size_t permitted = 0, cases = 0;
  ASSERT_TRUE(rc::check("compiled = reference", [&] {
    const PolicyIr ir = random_policy();
    const Program program = Program::compile(ir, Digest{});
    for (int i = 0; i < 1000; ++i) {
      const DecisionInput input = random_input(ir);
      const Decision decision = decide(program, input);
      const test::ReferenceOutcome expected = test::reference_decide(ir, input);
      ++cases;
      permitted += decision.permit ? 1 : 0;
      RC_ASSERT(decision.permit == expected.permit);
      RC_ASSERT((decision.code == Code::Prohibited || decision.code == Code::PolicyVoid) == expected.prohibited);
      RC_ASSERT((decision.code == Code::PolicyVoid) == expected.contradiction);
      RC_ASSERT(decision.reservation.has_value() == expected.limit.has_value());
      if (expected.limit) {
        RC_ASSERT(decision.reservation->limit == *expected.limit);
      }
      for (std::size_t rule = 0; rule < decision.rules; ++rule) {
        if (decision.trace[rule].matched) {
          RC_ASSERT(decision.trace[rule].result == test::reference_truth(ir.rules[rule].condition, input));
        }
      }
    }
  }));
  EXPECT_GT(permitted, 0U);
  std::printf("%zu decisions, %zu permitted\n", cases, permitted);
}

TEST(Laws, OrderOfRulesAndPartsDoesNotMatter) {
  ASSERT_TRUE(rc::check("order independence", [] {
    const PolicyIr ir = random_policy();
    PolicyIr other = ir;
    std::ranges::reverse(other.rules);
    for (Rule& rule : other.rules) std::ranges::reverse(rule.condition.parts);
    seal(other);
    RC_ASSERT(other.digest == ir.digest);
    const DecisionInput input = random_input(ir);
    const Program a = Program::compile(ir, Digest{}), b = Program::compile(other, Digest{});
    RC_ASSERT(trace_text(a, input, decide(a, input)) == trace_text(b, input, decide(b, input)));
  }));
}

TEST(Laws, MoreProhibitionsNeverPermitMore) {
  ASSERT_TRUE(rc::check("monotonicity in prohibitions", [] {
    const PolicyIr ir = random_policy();
    PolicyIr stricter = ir;
    Rule added = random_rule();
    added.kind = RuleKind::Prohibition;
    stricter.rules.push_back(added);
    seal(stricter);
    const DecisionInput input = random_input(ir);
    if (decide(Program::compile(stricter, Digest{}), input).permit) {
      RC_ASSERT(decide(Program::compile(ir, Digest{}), input).permit);
    }
  }));
}

TEST(Laws, KnowingLessNeverPermitsMore) {
  ASSERT_TRUE(rc::check("Unknown never grants", [] {
    const PolicyIr ir = random_policy();
    const Program program = Program::compile(ir, Digest{});
    const DecisionInput full = random_input(ir);
    DecisionInput less = full;
    switch (*rc::gen::inRange(0, 5)) {
      case 0: less.purpose = {}; break;
      case 1: less.zone = {}; break;
      case 2: less.used = std::nullopt; break;
      case 3: less.view = std::nullopt; break;
      default: less.clock.uncertainty += std::chrono::microseconds(3); break;
    }
    if (decide(program, less).permit) {
      RC_ASSERT(decide(program, full).permit);
    }
  }));
}

TEST(Laws, WritingAndReadingAgainKeepsTheMeaning) {
  std::size_t admitted = 0;
  ASSERT_TRUE(rc::check("digest(parse(print(ir))) = digest(ir)", [&] {
    const PolicyIr ir = random_policy();
    JsonObject document = wire_rules(ir);
    document["@id"] = ir.id;
    document["@type"] = "Agreement";
    document["target"] = ir.target;
    document["assigner"] = ir.assigner;
    document["assignee"] = ir.assignee;
    document["timestamp"] = "2026-11-24T00:00:00Z";
    const Result<PolicyIr> again = admit_policy(document, PolicyKind::Agreement);
    // Random policies contradict themselves often; then admission refuses, and by a check on meaning only.
    if (!again) {
      RC_ASSERT(again.error().message.find("A01") == std::string::npos);
      RC_ASSERT(again.error().message.find("A02") == std::string::npos);
      return;
    }
    ++admitted;
    RC_ASSERT(again->digest == ir.digest);
  }));
  EXPECT_GT(admitted, 0U);
}

// What admission lets pass can never grant and prohibit at once.
TEST(Laws, AdmittedPoliciesNeverContradictThemselves) {
  ASSERT_TRUE(rc::check("no PolicyVoid after admission", [] {
    const PolicyIr ir = random_policy();
    JsonObject document = wire_rules(ir);
    document["@id"] = ir.id;
    document["@type"] = "Agreement";
    document["target"] = ir.target;
    document["assigner"] = ir.assigner;
    document["assignee"] = ir.assignee;
    document["timestamp"] = "2026-11-24T00:00:00Z";
    const Result<PolicyIr> admitted = admit_policy(document, PolicyKind::Agreement);
    RC_PRE(admitted.has_value());
    const Program program = Program::compile(*admitted, Digest{});
    for (int i = 0; i < 20; ++i) {
      DecisionInput input = random_input(*admitted);
      input.action = kServedAction;
      RC_ASSERT(decide(program, input).code != Code::PolicyVoid);
    }
  }));
}

}  // namespace
}  // namespace sekisho::policy
