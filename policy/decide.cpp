#include "policy/decide.hpp"

#include <fmt/format.h>

#include "policy/evaluate.hpp"

namespace sekisho::policy {
namespace {

bool about(const Program& program, const DecisionInput& input) {
  return program.grants() && !input.target.empty() && input.target == program.target() && !input.assignee.empty() &&
         input.assignee == program.assignee();
}

// A permission without a quota wins over one with, a greater quota over a smaller one, then the earlier rid.
bool better(std::int64_t quota, std::int64_t than) { return than >= 0 && (quota < 0 || quota > than); }

}  // namespace

Decision decide(const Program& program, const DecisionInput& input) {
  Decision out;
  if (!about(program, input)) return out;
  const auto rules = program.rules();
  out.rules = static_cast<std::uint16_t>(std::min(rules.size(), Program::kMaxRules));
  std::uint16_t granting = Program::kNone, prohibiting = Program::kNone, nearest = Program::kNone;
  Truth prohibition = Truth::False;
  Evaluation least;
  for (std::uint16_t i = 0; i < out.rules; ++i) {
    const Program::CompiledRule& rule = rules[i];
    RuleTrace& trace = out.trace[i];
    trace.matched = (rule.actions & bit(input.action)) != 0;
    if (!trace.matched) continue;
    const Evaluation result = evaluate(program, rule.root, input);
    trace.result = result.truth;
    trace.decisive = result.decisive;
    if (rule.prohibition) {
      if (result.truth > prohibition) {
        prohibition = result.truth;
        prohibiting = i;
      }
    } else if (result.truth == Truth::True) {
      if (granting == Program::kNone || better(rule.quota, rules[granting].quota)) granting = i;
    } else if (nearest == Program::kNone || result.failing < least.failing) {
      nearest = i;
      least = result;
    }
  }
  if (prohibition != Truth::False) {
    // Both for certain: the policy contradicts itself, which admission should have found.
    const bool contradiction = prohibition == Truth::True && granting != Program::kNone;
    out.code = contradiction ? Code::PolicyVoid : Code::Prohibited;
    out.rule = prohibiting;
    return out;
  }
  if (granting == Program::kNone) {
    out.rule = nearest;
    if (nearest != Program::kNone) out.code = least.blame;
    return out;
  }
  out.permit = true;
  out.rule = granting;
  if (rules[granting].quota >= 0)
    out.reservation = Reservation{program.agreement(), static_cast<std::uint64_t>(rules[granting].quota)};
  return out;
}

Error denial(const Program& program, const Decision& decision) {
  std::string message = fmt::format("the agreement {} denies it", program.agreement_hex().substr(0, 16));
  if (decision.rule != Program::kNone) message += fmt::format(" (rule {})", program.rid(decision.rule));
  Error error(decision.code, std::move(message));
  const auto help = [&error](std::string name, std::string value) {
    if (!value.empty()) error.help.emplace_back(std::move(name), std::move(value));
  };
  switch (decision.code) {
    case Code::PurposeMismatch: help("purposes", program.purposes()); break;
    case Code::ClaimMissing:
      help("claims", "purpose");
      help("purposes", program.purposes());
      break;
    case Code::Jurisdiction: help("zones", program.zones()); break;
    case Code::Quota: help("limit", std::to_string(program.rules()[decision.rule].quota)); break;
    default: break;
  }
  return error;
}

}  // namespace sekisho::policy
