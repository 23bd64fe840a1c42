#include "policy/audience.hpp"

#include <algorithm>

#include "policy/decide.hpp"

namespace sekisho::policy {
namespace {

Truth known(bool value) { return value ? Truth::True : Truth::False; }

Truth named(const Atom& atom, std::string_view fact) {
  return known(std::ranges::binary_search(atom.texts, fact, std::less<>()) == (atom.op != Operator::IsNoneOf));
}

// Time only goes on: what will hold is open, what can hold no more is false.
Truth time_from(const Atom& atom, Instant now) {
  const std::int64_t at = now.time_since_epoch().count();
  switch (atom.op) {
    case Operator::Lt: return at >= atom.number ? Truth::False : Truth::Unknown;
    case Operator::Lteq:
    case Operator::Eq: return at > atom.number ? Truth::False : Truth::Unknown;
    case Operator::Gt: return at > atom.number ? Truth::True : Truth::Unknown;
    case Operator::Gteq: return at >= atom.number ? Truth::True : Truth::Unknown;
    case Operator::Neq: return at > atom.number ? Truth::True : Truth::Unknown;
    default: return Truth::Unknown;
  }
}

Truth judge(const Expr& condition, const Audience& party);

// Exactly one part holds.
Truth exactly_one(const Expr& condition, const Audience& party) {
  std::size_t holds = 0, open = 0;
  for (const Expr& part : condition.parts) {
    const Truth truth = judge(part, party);
    holds += truth == Truth::True ? 1 : 0;
    open += truth == Truth::Unknown ? 1 : 0;
  }
  if (holds > 1) return Truth::False;
  if (open > 0) return Truth::Unknown;
  return known(holds == 1);
}

Truth judge(const Expr& condition, const Audience& party) {
  switch (condition.kind) {
    case Expr::Kind::Atom:
      switch (condition.atom.operand) {
        case Operand::DateTime: return party.now ? time_from(condition.atom, *party.now) : Truth::Unknown;
        case Operand::Recipient: return named(condition.atom, party.did);
        case Operand::RecipientZone: return named(condition.atom, party.zone);
        default: return Truth::Unknown;
      }
    case Expr::Kind::All: {
      Truth all = Truth::True;
      for (const Expr& part : condition.parts) all = std::min(all, judge(part, party));
      return all;
    }
    case Expr::Kind::Any: {
      Truth any = Truth::False;
      for (const Expr& part : condition.parts) any = std::max(any, judge(part, party));
      return any;
    }
    case Expr::Kind::One: return exactly_one(condition, party);
  }
  return Truth::Unknown;
}

}  // namespace

bool could_obtain(const PolicyIr& rules, const Audience& party) {
  // Prohibitions need no look: admission refuses those that overlap a permission (A05).
  return std::ranges::any_of(rules.rules, [&](const Rule& rule) {
    return rule.kind == RuleKind::Permission && (covered(rule.action) & bit(kServedAction)) != 0 &&
           judge(rule.condition, party) != Truth::False;
  });
}

}  // namespace sekisho::policy
