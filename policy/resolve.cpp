#include "policy/resolve.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/literal.hpp"
#include "policy/view.hpp"

namespace sekisho::policy {
namespace {

class Resolver {
 public:
  Resolver(const PolicyDocument& document, const AdmissionLimits& limits, std::vector<Finding>& findings)
      : document_(document), limits_(limits), findings_(findings) {}

  PolicyIr run() {
    PolicyIr ir;
    ir.kind = document_.kind;
    ir.id = document_.id;
    ir.profiles = document_.profiles;
    ir.assigner = document_.assigner;
    ir.assignee = document_.assignee;
    ir.target = document_.target;
    ir.timestamp = document_.timestamp;
    for (const std::string& profile : ir.profiles) {
      if (profile != kSekishoProfile)
        refuse("A01", "/profile", fmt::format("profile '{}' is unknown", profile), std::string(kSekishoProfile));
    }
    for (const RawRule& raw : document_.rules) ir.rules.push_back(rule(raw));
    const std::size_t given = ir.rules.size();
    if (given > limits_.rules) refuse("A12", "", fmt::format("{} rules, {} is the limit", given, limits_.rules));
    if (atoms_ > limits_.atoms)
      refuse("A12", "", fmt::format("{} constraints, {} is the limit", atoms_, limits_.atoms));
    seal(ir);
    if (ir.rules.size() < given) {
      findings_.push_back(
          {"A06", false, "", fmt::format("{} of the rules are given twice", given - ir.rules.size()), ""});
    }
    return ir;
  }

 private:
  void refuse(std::string_view check, std::string pointer, std::string message, std::string suggestion = {}) {
    findings_.push_back({std::string(check), true, std::move(pointer), std::move(message), std::move(suggestion)});
  }

  Rule rule(const RawRule& raw) {
    Rule out;
    out.kind = raw.kind;
    out.pointer = raw.pointer;
    if (const std::optional<Action> action = action_from_text(raw.action)) {
      out.action = *action;
    } else {
      refuse("A01", raw.pointer + "/action", fmt::format("action '{}' is unknown", raw.action),
             nearest_action(raw.action));
    }
    if (raw.kind == RuleKind::Obligation) refuse("A08", raw.pointer, "obligations are not observed by this version");
    if (!raw.duties.empty()) refuse("A08", raw.pointer + "/duty", "duties are not observed by this version");
    kind_ = raw.kind;
    for (const RawConstraint& constraint : raw.constraints) out.condition.parts.push_back(expression(constraint, true));
    return out;
  }

  // conjunct: every constraint above this one is a conjunction, up to the rule.
  Expr expression(const RawConstraint& raw, bool conjunct) {
    using Raw = RawConstraint::Kind;
    if (raw.kind == Raw::Atom) {
      ++atoms_;
      return atom(raw, conjunct);
    }
    Expr out;
    out.kind = raw.kind == Raw::Or ? Expr::Kind::Any : raw.kind == Raw::Xone ? Expr::Kind::One : Expr::Kind::All;
    if (raw.kind == Raw::AndSequence) refuse("A01", raw.pointer, "andSequence is not supported", "and");
    for (const RawConstraint& part : raw.parts) out.parts.push_back(expression(part, conjunct && raw.kind == Raw::And));
    return out;
  }

  Expr atom(const RawConstraint& raw, bool conjunct) {
    Expr out;
    out.kind = Expr::Kind::Atom;
    const std::optional<Operand> operand = operand_from_text(raw.left);
    if (!operand) {
      refuse("A01", raw.pointer + "/leftOperand", fmt::format("left operand '{}' is unknown", raw.left),
             nearest_operand(raw.left));
      return out;
    }
    out.atom.operand = *operand;
    const OperandInfo& row = info(*operand);
    if (row.profile && std::ranges::find(document_.profiles, kSekishoProfile) == document_.profiles.end()) {
      refuse("A01", raw.pointer + "/leftOperand",
             fmt::format("'{}' needs its profile in the policy's profile", raw.left), std::string(kSekishoProfile));
    }
    const std::optional<Operator> op = operator_from_text(raw.op);
    if (!op || !allows(*operand, *op)) {
      refuse("A01", raw.pointer + "/operator", fmt::format("operator '{}' is unknown for {}", raw.op, row.written),
             operators(row));
      return out;
    }
    out.atom.op = *op;
    if (*operand == Operand::Count && (!conjunct || kind_ != RuleKind::Permission)) {
      refuse("A01", raw.pointer, "odrl:count is supported only in a permission and outside of or and xone");
    }
    const bool set = *op == Operator::IsAnyOf || *op == Operator::IsNoneOf;
    if (raw.list && !set) {
      refuse("A02", raw.pointer + "/rightOperand", fmt::format("a list does not go with operator '{}'", raw.op),
             "isAnyOf");
      return out;
    }
    if (raw.right.size() > limits_.set_items) {
      refuse("A12", raw.pointer + "/rightOperand",
             fmt::format("{} items, {} is the limit", raw.right.size(), limits_.set_items));
    }
    switch (row.type) {
      case ValueType::Instant: return time(raw, *op);
      case ValueType::Integer: return count(raw, std::move(out));
      case ValueType::Text:
      case ValueType::ViewId: return texts(raw, row, std::move(out));
    }
    return out;
  }

  static std::string operators(const OperandInfo& row) {
    std::vector<std::string_view> names;
    for (unsigned i = 0; i <= static_cast<unsigned>(Operator::IsNoneOf); ++i) {
      if ((row.operators >> i & 1U) != 0) names.push_back(to_text(static_cast<Operator>(i)));
    }
    return fmt::format("{}", fmt::join(names, ", "));
  }

  void wrong_value(const RawConstraint& raw, const RawValue& value, std::string_view wanted,
                   std::string suggestion = {}) {
    refuse("A02", raw.pointer + "/rightOperand", fmt::format("'{}' is not {}", value.text, wanted),
           std::move(suggestion));
  }

  bool type_in(const RawConstraint& raw, const RawValue& value, std::initializer_list<std::string_view> types) {
    if (!value.iri && (value.type.empty() || std::ranges::find(types, value.type) != types.end())) return true;
    wrong_value(raw, value, fmt::format("of type xsd:{}", *types.begin()));
    return false;
  }

  static Expr compare(Operator op, std::int64_t number) {
    Expr out;
    out.kind = Expr::Kind::Atom;
    out.atom = {Operand::DateTime, op, number, {}};
    return out;
  }

  Expr time(const RawConstraint& raw, Operator op) {
    const RawValue& value = raw.right.front();
    if (!type_in(raw, value, {"dateTime", "date"})) return {};
    const std::optional<TimeSpan> span = time_literal(value.text);
    const bool date = value.text.find('T') == std::string::npos;
    if (!span || (!value.type.empty() && date != (value.type == "date"))) {
      const std::string with_zone = value.text + "Z";
      wrong_value(raw, value, "a date, or a dateTime with a time zone",
                  !date && time_literal(with_zone) ? with_zone : "");
      return {};
    }
    const bool day = span->first != span->last;
    Expr out;
    switch (op) {
      case Operator::Lt:
      case Operator::Gteq: return compare(op, span->first);
      case Operator::Lteq:
      case Operator::Gt: return compare(op, span->last);
      case Operator::Neq:
        if (!day) return compare(op, span->first);
        out.kind = Expr::Kind::Any;
        out.parts = {compare(Operator::Lt, span->first), compare(Operator::Gt, span->last)};
        return out;
      default:
        if (!day) return compare(op, span->first);
        out.parts = {compare(Operator::Gteq, span->first), compare(Operator::Lteq, span->last)};
        return out;
    }
  }

  Expr count(const RawConstraint& raw, Expr out) {
    const RawValue& value = raw.right.front();
    if (!type_in(raw, value, {"integer", "nonNegativeInteger", "positiveInteger", "int", "long"})) return out;
    const std::optional<std::int64_t> number = count_literal(value.text);
    if (!number) {
      wrong_value(raw, value, "a whole number in its shortest form");
      return out;
    }
    out.atom.op = Operator::Lteq;
    out.atom.number = raw.op == "lt" ? *number - 1 : *number;
    return out;
  }

  Expr texts(const RawConstraint& raw, const OperandInfo& row, Expr out) {
    for (const RawValue& value : raw.right) {
      if (!value.iri && !type_in(raw, value, {"string", "anyURI"})) continue;
      const bool good =
          row.type == ValueType::ViewId ? view_digest_from_id(value.text).has_value() : identifier_literal(value.text);
      if (!good)
        wrong_value(raw, value, row.type == ValueType::ViewId ? "the name of a view" : "an identifier without escapes");
      out.atom.texts.push_back(value.text);
    }
    if (out.atom.op == Operator::Eq && row.type == ValueType::Text) out.atom.op = Operator::IsAnyOf;
    if (out.atom.op == Operator::Neq) out.atom.op = Operator::IsNoneOf;
    return out;
  }

  const PolicyDocument& document_;
  const AdmissionLimits& limits_;
  std::vector<Finding>& findings_;
  std::size_t atoms_ = 0;
  RuleKind kind_ = RuleKind::Permission;
};

}  // namespace

PolicyIr resolve(const PolicyDocument& document, const AdmissionLimits& limits, std::vector<Finding>& findings) {
  return Resolver(document, limits, findings).run();
}

}  // namespace sekisho::policy
