#include "policy/evaluate.hpp"

#include <algorithm>

namespace sekisho::policy {
namespace {

using Node = Program::Node;

Truth certain(bool value) { return value ? Truth::True : Truth::False; }

// The true time lies in [now − u, now + u].
Truth time_truth(const Node& node, const ClockReading& clock) {
  const std::int64_t now = clock.now.time_since_epoch().count();
  const std::int64_t earliest = now - clock.uncertainty.count();
  const std::int64_t latest = now + clock.uncertainty.count();
  const std::int64_t bound = node.number;
  const auto ordered = [](bool always, bool never) {
    return always ? Truth::True : never ? Truth::False : Truth::Unknown;
  };
  switch (node.op) {
    case Operator::Lt: return ordered(latest < bound, earliest >= bound);
    case Operator::Lteq: return ordered(latest <= bound, earliest > bound);
    case Operator::Gt: return ordered(earliest > bound, latest <= bound);
    case Operator::Gteq: return ordered(earliest >= bound, latest < bound);
    case Operator::Eq: return ordered(earliest == bound && latest == bound, latest < bound || earliest > bound);
    case Operator::Neq: return ordered(latest < bound || earliest > bound, earliest == bound && latest == bound);
    default: return Truth::Unknown;
  }
}

Truth text_truth(const Program& program, const Node& node, std::string_view fact) {
  if (fact.empty()) return Truth::Unknown;
  const auto texts = program.texts(node);
  const bool named = texts.size() <= 8 ? std::ranges::find(texts, fact) != texts.end()
                                       : std::ranges::binary_search(texts, fact, std::less<>());
  return certain(named == (node.op == Operator::IsAnyOf));
}

Truth atom_truth(const Program& program, const Node& node, const DecisionInput& input) {
  switch (node.operand) {
    case Operand::DateTime: return time_truth(node, input.clock);
    case Operand::Purpose: return text_truth(program, node, input.purpose);
    case Operand::Recipient: return text_truth(program, node, input.assignee);
    case Operand::RecipientZone: return text_truth(program, node, input.zone);
    case Operand::View: return text_truth(program, node, input.view ? as_text(*input.view) : std::string_view());
    case Operand::Count:
      // The value is the number of uses with this one.
      return input.used ? certain(*input.used < static_cast<std::uint64_t>(std::max<std::int64_t>(node.number, 0)))
                        : Truth::Unknown;
  }
  return Truth::Unknown;
}

Code atom_code(const Node& node, Truth truth, const DecisionInput& input) {
  switch (node.operand) {
    case Operand::DateTime: {
      if (truth == Truth::Unknown) return Code::ClockUncertain;
      if (node.op == Operator::Neq) return Code::NoPermission;
      const bool late = input.clock.now.time_since_epoch().count() >= node.number;
      return late ? Code::Expired : Code::NotYet;
    }
    case Operand::Purpose: return truth == Truth::Unknown ? Code::ClaimMissing : Code::PurposeMismatch;
    case Operand::Recipient: return Code::NoPermission;
    case Operand::RecipientZone: return truth == Truth::Unknown ? Code::ClaimMissing : Code::Jurisdiction;
    case Operand::View: return Code::ViewError;
    case Operand::Count: return Code::Quota;
  }
  return Code::NoPermission;
}

// What cannot be mended at all is said before what another request could mend.
int rank(Code code) {
  switch (code) {
    case Code::Jurisdiction: return 0;
    case Code::NoPermission: return 1;
    case Code::Expired: return 2;
    case Code::NotYet: return 3;
    case Code::PurposeMismatch: return 4;
    case Code::ClaimMissing: return 5;
    case Code::Quota: return 6;
    case Code::ClockUncertain: return 7;
    default: return 8;
  }
}

class Evaluator {
 public:
  Evaluator(const Program& program, const DecisionInput& input)
      : program_(program), nodes_(program.nodes()), input_(input) {}

  [[nodiscard]] Evaluation at(std::uint16_t index) const {
    const Node& node = nodes_[index];
    switch (node.kind) {
      case Expr::Kind::Atom: return atom(index);
      case Expr::Kind::All: return all(index);
      case Expr::Kind::Any: return any(index);
      case Expr::Kind::One: return one(index);
    }
    return {};
  }

 private:
  [[nodiscard]] Evaluation atom(std::uint16_t index) const {
    const Truth truth = atom_truth(program_, nodes_[index], input_);
    if (truth == Truth::True) return {};
    return {truth, 1, index, atom_code(nodes_[index], truth, input_)};
  }

  [[nodiscard]] Evaluation all(std::uint16_t index) const {
    Evaluation out;
    const std::uint16_t end = nodes_[index].next;
    for (auto child = static_cast<std::uint16_t>(index + 1); child < end; child = nodes_[child].next) {
      const Evaluation part = at(child);
      if (part.truth == Truth::True) continue;
      out.truth = std::min(out.truth, part.truth);
      if (out.failing == 0 || rank(part.blame) < rank(out.blame)) out.blame = part.blame;
      if (out.failing == 0) out.decisive = part.decisive;
      out.failing = static_cast<std::uint16_t>(out.failing + part.failing);
    }
    return out;
  }

  [[nodiscard]] Evaluation any(std::uint16_t index) const {
    Evaluation nearest{Truth::False, UINT16_MAX, Program::kNone, Code::NoPermission};
    Truth best = Truth::False;
    const std::uint16_t end = nodes_[index].next;
    for (auto child = static_cast<std::uint16_t>(index + 1); child < end; child = nodes_[child].next) {
      const Evaluation part = at(child);
      if (part.truth == Truth::True) return {};
      best = std::max(best, part.truth);
      if (part.failing < nearest.failing) nearest = part;
    }
    nearest.truth = best;
    return nearest;
  }

  // Two True are False; exactly one True and nothing Unknown is True; nothing but False is False; else Unknown.
  [[nodiscard]] Evaluation one(std::uint16_t index) const {
    unsigned trues = 0, unknowns = 0;
    Evaluation nearest{Truth::False, UINT16_MAX, Program::kNone, Code::NoPermission};
    const std::uint16_t end = nodes_[index].next;
    for (auto child = static_cast<std::uint16_t>(index + 1); child < end; child = nodes_[child].next) {
      const Evaluation part = at(child);
      trues += part.truth == Truth::True ? 1 : 0;
      unknowns += part.truth == Truth::Unknown ? 1 : 0;
      if (part.truth != Truth::True && part.failing < nearest.failing) nearest = part;
    }
    if (trues == 1 && unknowns == 0) return {};
    if (trues > 1) return {Truth::False, 1, static_cast<std::uint16_t>(index + 1), Code::NoPermission};
    nearest.truth = trues + unknowns == 0 ? Truth::False : Truth::Unknown;
    return nearest;
  }

  const Program& program_;
  std::span<const Node> nodes_;
  const DecisionInput& input_;
};

static_assert(Truth::False < Truth::Unknown && Truth::Unknown < Truth::True);

}  // namespace

Evaluation evaluate(const Program& program, std::uint16_t root, const DecisionInput& input) {
  return Evaluator(program, input).at(root);
}

}  // namespace sekisho::policy
