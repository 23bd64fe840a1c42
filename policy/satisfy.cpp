#include "policy/satisfy.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include <fmt/format.h>

namespace sekisho::policy {
namespace {

struct Fact {
  std::string text;
  std::int64_t number = 0;
  bool operator<(const Fact& other) const { return std::tie(number, text) < std::tie(other.number, other.text); }
};

bool contains(const Atom& atom, const std::string& text) {
  for (const std::string& named : atom.texts) {
    if (named == text) return true;
    if (atom.op != Operator::IsA) continue;
    const auto narrower = narrower_purposes(named);
    if (std::ranges::find(narrower, text) != narrower.end()) return true;
  }
  return false;
}

bool holds(const Atom& atom, const Fact& fact) {
  const bool numeric = atom.operand == Operand::DateTime || atom.operand == Operand::Count;
  switch (atom.op) {
    case Operator::Lt: return fact.number < atom.number;
    case Operator::Lteq: return fact.number <= atom.number;
    case Operator::Gt: return fact.number > atom.number;
    case Operator::Gteq: return fact.number >= atom.number;
    case Operator::Eq: return numeric ? fact.number == atom.number : contains(atom, fact.text);
    case Operator::Neq: return fact.number != atom.number;
    case Operator::IsA:
    case Operator::IsAnyOf: return contains(atom, fact.text);
    case Operator::IsNoneOf: return !contains(atom, fact.text);
  }
  return false;
}

class Search {
 public:
  Search(std::span<const Expr* const> conditions, std::optional<Instant> not_before, std::size_t points)
      : conditions_(conditions), not_before_(not_before), points_(points) {
    for (const Expr* condition : conditions_) collect(*condition);
    for (std::size_t operand = 0; operand < kOperands; ++operand)
      classes_[operand] = classes(static_cast<Operand>(operand));
  }

  Witness run() {
    const bool found = extend(0);
    if (found) return {Satisfiable::Yes, describe()};
    return {points_ == 0 ? Satisfiable::TooComplex : Satisfiable::No, {}};
  }

 private:
  void collect(const Expr& expr) {
    if (expr.kind == Expr::Kind::Atom) atoms_[static_cast<std::size_t>(expr.atom.operand)].push_back(&expr.atom);
    for (const Expr& part : expr.parts) collect(part);
  }

  // One fact for each combination of true and false atoms of this operand that can occur.
  std::vector<Fact> classes(Operand operand) {
    const auto& atoms = atoms_[static_cast<std::size_t>(operand)];
    if (atoms.empty()) return {};
    std::set<Fact> candidates;
    if (operand == Operand::DateTime || operand == Operand::Count) {
      const std::int64_t least = operand == Operand::Count ? 1
                                 : not_before_             ? not_before_->time_since_epoch().count()
                                                           : INT64_MIN;
      if (least != INT64_MIN) candidates.insert({{}, least});
      for (const Atom* atom : atoms) {
        for (const std::int64_t n : {atom->number - 1, atom->number, atom->number + 1}) {
          if (n >= least) candidates.insert({{}, n});
        }
      }
    } else {
      candidates.insert({"(another)", 0});
      for (const Atom* atom : atoms) {
        for (const std::string& text : atom->texts) {
          if (atom->op != Operator::IsA) {
            candidates.insert({text, 0});
            continue;
          }
          for (const std::string& narrower : narrower_purposes(text)) candidates.insert({narrower, 0});
        }
      }
    }
    std::vector<Fact> out;
    std::set<std::vector<bool>> seen;
    for (const Fact& fact : candidates) {
      std::vector<bool> signature;
      for (const Atom* atom : atoms) signature.push_back(holds(*atom, fact));
      if (seen.insert(std::move(signature)).second) out.push_back(fact);
    }
    return out;
  }

  bool extend(std::size_t operand) {
    if (operand == kOperands) {
      if (points_ == 0) return false;
      --points_;
      return std::ranges::all_of(conditions_, [this](const Expr* condition) { return true_of(*condition); });
    }
    if (classes_[operand].empty()) return extend(operand + 1);
    for (const Fact& fact : classes_[operand]) {
      facts_[operand] = &fact;
      if (extend(operand + 1)) return true;
      if (points_ == 0) return false;
    }
    return false;
  }

  [[nodiscard]] bool true_of(const Expr& expr) const {
    const auto part_holds = [this](const Expr& part) { return true_of(part); };
    switch (expr.kind) {
      case Expr::Kind::Atom: return holds(expr.atom, *facts_[static_cast<std::size_t>(expr.atom.operand)]);
      case Expr::Kind::All: return std::ranges::all_of(expr.parts, part_holds);
      case Expr::Kind::Any: return std::ranges::any_of(expr.parts, part_holds);
      case Expr::Kind::One: return std::ranges::count_if(expr.parts, part_holds) == 1;
    }
    return false;
  }

  [[nodiscard]] std::string describe() const {
    std::string out;
    for (std::size_t operand = 0; operand < kOperands; ++operand) {
      if (classes_[operand].empty()) continue;
      const Fact& fact = *facts_[operand];
      const auto name = static_cast<Operand>(operand);
      std::string value = fact.text;
      if (name == Operand::DateTime) value = to_rfc3339(Instant(std::chrono::microseconds(fact.number)));
      if (name == Operand::Count) value = std::to_string(fact.number);
      out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", to_text(name), value);
    }
    return out.empty() ? "any request" : out;
  }

  std::span<const Expr* const> conditions_;
  std::optional<Instant> not_before_;
  std::size_t points_;
  std::array<std::vector<const Atom*>, kOperands> atoms_;
  std::array<std::vector<Fact>, kOperands> classes_;
  std::array<const Fact*, kOperands> facts_{};
};

}  // namespace

Witness satisfy(std::span<const Expr* const> conditions, std::optional<Instant> not_before, std::size_t points) {
  return Search(conditions, not_before, points).run();
}

}  // namespace sekisho::policy
