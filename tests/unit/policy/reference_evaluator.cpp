#include "tests/unit/policy/reference_evaluator.hpp"

#include <algorithm>
#include <set>

#include "policy/view.hpp"

namespace sekisho::policy::test {
namespace {

Truth negation(Truth t) { return t == Truth::True ? Truth::False : t == Truth::False ? Truth::True : Truth::Unknown; }

// The comparison at every instant that the clock allows: they all agree, or it is not known. Only the ends and the
// neighbourhood of the bound can differ.
Truth time_truth(const Atom& atom, const ClockReading& clock) {
  const std::int64_t from = (clock.now - clock.uncertainty).time_since_epoch().count();
  const std::int64_t to = (clock.now + clock.uncertainty).time_since_epoch().count();
  std::set<bool> seen;
  for (const std::int64_t t : {from, to, atom.number - 1, atom.number, atom.number + 1}) {
    if (t < from || t > to) continue;
    switch (atom.op) {
      case Operator::Lt: seen.insert(t < atom.number); break;
      case Operator::Lteq: seen.insert(t <= atom.number); break;
      case Operator::Gt: seen.insert(t > atom.number); break;
      case Operator::Gteq: seen.insert(t >= atom.number); break;
      case Operator::Eq: seen.insert(t == atom.number); break;
      default: seen.insert(t != atom.number); break;
    }
  }
  if (seen.size() != 1) return Truth::Unknown;
  return *seen.begin() ? Truth::True : Truth::False;
}

Truth text_truth(const Atom& atom, std::string_view fact) {
  if (fact.empty()) return Truth::Unknown;
  bool found = false;
  for (const std::string& text : atom.texts) {
    if (text == fact) found = true;
    if (atom.op != Operator::IsA) continue;
    for (const std::string& narrower : narrower_purposes(text)) found = found || narrower == fact;
  }
  const Truth truth = found ? Truth::True : Truth::False;
  return atom.op == Operator::IsNoneOf ? negation(truth) : truth;
}

Truth atom_truth(const Atom& atom, const DecisionInput& input) {
  switch (atom.operand) {
    case Operand::DateTime: return time_truth(atom, input.clock);
    case Operand::Purpose: return text_truth(atom, input.purpose);
    case Operand::Recipient: return text_truth(atom, input.assignee);
    case Operand::RecipientZone: return text_truth(atom, input.zone);
    case Operand::View:
      if (!input.view) return Truth::Unknown;
      return *view_digest_from_id(atom.texts.front()) == *input.view ? Truth::True : Truth::False;
    case Operand::Count:
      if (!input.used) return Truth::Unknown;
      return static_cast<std::int64_t>(*input.used) + 1 <= atom.number ? Truth::True : Truth::False;
  }
  return Truth::Unknown;
}

void counts(const Expr& expr, std::optional<std::uint64_t>& least) {
  if (expr.kind == Expr::Kind::Atom && expr.atom.operand == Operand::Count) {
    const auto n = static_cast<std::uint64_t>(expr.atom.number);
    least = least ? std::min(*least, n) : n;
  }
  for (const Expr& part : expr.parts) counts(part, least);
}

}  // namespace

Truth reference_truth(const Expr& condition, const DecisionInput& input) {
  if (condition.kind == Expr::Kind::Atom) return atom_truth(condition.atom, input);
  std::multiset<Truth> parts;
  for (const Expr& part : condition.parts) parts.insert(reference_truth(part, input));
  switch (condition.kind) {
    case Expr::Kind::All: return parts.empty() ? Truth::True : *parts.begin();
    case Expr::Kind::Any: return parts.empty() ? Truth::False : *parts.rbegin();
    default: {
      if (parts.count(Truth::True) > 1) return Truth::False;
      if (parts.count(Truth::Unknown) > 0) return Truth::Unknown;
      return parts.count(Truth::True) == 1 ? Truth::True : Truth::False;
    }
  }
}

ReferenceOutcome reference_decide(const PolicyIr& ir, const DecisionInput& input) {
  ReferenceOutcome out;
  if (ir.kind != PolicyKind::Agreement || input.target != ir.target || input.assignee != ir.assignee) return out;
  bool granted = false, certain = false, free_of_quota = false;
  std::optional<std::uint64_t> greatest;
  for (const Rule& rule : ir.rules) {
    if ((covered(rule.action) & bit(input.action)) == 0) continue;
    const Truth truth = reference_truth(rule.condition, input);
    if (rule.kind == RuleKind::Prohibition) {
      out.prohibited = out.prohibited || truth != Truth::False;
      certain = certain || truth == Truth::True;
    } else if (truth == Truth::True) {
      granted = true;
      std::optional<std::uint64_t> limit;
      counts(rule.condition, limit);
      if (!limit)
        free_of_quota = true;
      else
        greatest = greatest ? std::max(*greatest, *limit) : *limit;
    }
  }
  out.permit = granted && !out.prohibited;
  out.contradiction = granted && certain;
  if (out.permit && !free_of_quota) out.limit = greatest;
  return out;
}

}  // namespace sekisho::policy::test
