// An IR written out again: for the wire, and as sentences for people.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/ir.hpp"

namespace sekisho::policy {
namespace {

Json typed(std::string value, std::string_view type) {
  return JsonObject{{"@value", std::move(value)}, {"@type", fmt::format("xsd:{}", type)}};
}

// An IRI as a node, a token as a string.
Json named(const std::string& text) {
  if (text.find(':') == std::string::npos) return Json(text);
  return JsonObject{{"@id", text}};
}

Instant instant(std::int64_t microseconds) { return Instant(std::chrono::microseconds(microseconds)); }

JsonObject wire_atom(const Atom& atom) {
  Operator op = atom.op;
  Json right;
  switch (info(atom.operand).type) {
    case ValueType::Instant: right = typed(to_rfc3339(instant(atom.number)), "dateTime"); break;
    case ValueType::Integer: right = typed(std::to_string(atom.number), "integer"); break;
    case ValueType::Text:
    case ValueType::ViewId:
      if (atom.texts.size() == 1) {
        if (op == Operator::IsAnyOf) op = Operator::Eq;
        if (op == Operator::IsNoneOf) op = Operator::Neq;
        right = named(atom.texts.front());
      } else {
        JsonArray list;
        for (const std::string& text : atom.texts) list.push_back(named(text));
        right = std::move(list);
      }
  }
  return {{"leftOperand", to_text(atom.operand)}, {"operator", to_text(op)}, {"rightOperand", std::move(right)}};
}

JsonObject wire_constraint(const Expr& expr) {
  if (expr.kind == Expr::Kind::Atom) return wire_atom(expr.atom);
  JsonArray parts;
  for (const Expr& part : expr.parts) parts.push_back(wire_constraint(part));
  constexpr std::array<std::string_view, 4> kNames{"", "and", "or", "xone"};
  JsonObject out;
  out[kNames[static_cast<std::size_t>(expr.kind)]] = std::move(parts);
  return out;
}

std::string sentence(const Expr& expr);

std::string atom_sentence(const Atom& atom) {
  const auto& texts = atom.texts;
  const auto choice = [&](std::string_view what) {
    if (atom.op == Operator::IsA) return fmt::format("{} is {} or narrower", what, fmt::join(texts, ", "));
    const bool none = atom.op == Operator::IsNoneOf;
    if (texts.size() == 1) return fmt::format("{} is {}{}", what, none ? "not " : "", texts.front());
    return fmt::format("{} is {}of {}", what, none ? "none " : "one ", fmt::join(texts, ", "));
  };
  switch (atom.operand) {
    case Operand::DateTime: {
      constexpr std::array<std::string_view, 6> kWords{"is",         "is not",   "is before",
                                                       "is at most", "is after", "is at least"};
      return fmt::format("the time {} {}", kWords[static_cast<std::size_t>(atom.op)], to_rfc3339(instant(atom.number)));
    }
    case Operand::Purpose: return choice("the declared purpose");
    case Operand::Count:
      return fmt::format("it is used at most {} times", atom.op == Operator::Lt ? atom.number - 1 : atom.number);
    case Operand::Recipient: return choice("the recipient");
    case Operand::RecipientZone: return choice("the recipient's zone");
    case Operand::View: return fmt::format("the data are reduced by the view {}", texts.front());
  }
  return {};
}

std::string sentence(const Expr& expr) {
  if (expr.kind == Expr::Kind::Atom) return atom_sentence(expr.atom);
  std::vector<std::string> parts;
  for (const Expr& part : expr.parts) {
    parts.push_back(part.kind == Expr::Kind::Atom ? sentence(part) : fmt::format("({})", sentence(part)));
  }
  if (expr.kind == Expr::Kind::One) return fmt::format("exactly one of: {}", fmt::join(parts, "; "));
  return fmt::format("{}", fmt::join(parts, expr.kind == Expr::Kind::All ? ", and " : ", or "));
}

std::string_view local(Action action) {
  const std::string_view text = to_text(action);
  return text.substr(text.find(':') + 1);
}

}  // namespace

JsonObject wire_rules(const PolicyIr& ir) {
  JsonObject out;
  if (ir.profiles.size() == 1) {
    out["profile"] = ir.profiles.front();
  } else if (!ir.profiles.empty()) {
    out["profile"] = JsonArray(ir.profiles.begin(), ir.profiles.end());
  }
  for (const Rule& rule : ir.rules) {
    JsonObject written{{"action", to_text(rule.action)}};
    const Expr& condition = rule.condition;
    JsonArray constraints;
    if (condition.kind != Expr::Kind::All) {
      constraints.push_back(wire_constraint(condition));
    } else {
      for (const Expr& part : condition.parts) constraints.push_back(wire_constraint(part));
    }
    if (!constraints.empty()) written["constraint"] = std::move(constraints);
    constexpr std::array<std::string_view, 3> kMembers{"permission", "prohibition", "obligation"};
    Json& list = out[kMembers[static_cast<std::size_t>(rule.kind)]];
    if (list.is_null()) list.emplace_array();
    list.get_array().push_back(std::move(written));
  }
  return out;
}

std::string plain_text(const Rule& rule) {
  constexpr std::array<std::string_view, 3> kVerbs{"may", "must not", "must"};
  const std::string condition = sentence(rule.condition);
  return fmt::format("The recipient {} {} the data{}{}.", kVerbs[static_cast<std::size_t>(rule.kind)],
                     local(rule.action), condition.empty() ? "" : " when ", condition);
}

std::string plain_text(const PolicyIr& ir) {
  std::string out;
  for (const Rule& rule : ir.rules) out += fmt::format("{} [{}] {}\n", rule.rid, to_text(rule.label), plain_text(rule));
  return out;
}

}  // namespace sekisho::policy
