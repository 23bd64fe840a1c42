#include "policy/ir.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "policy/view.hpp"

namespace sekisho::policy {
namespace {

// Texts of an IR are printable ASCII without quotes and backslashes (reader.hpp), so they stand in JSON as they are.
void append_quoted(std::string& out, std::string_view text) { out.append(1, '"').append(text).append(1, '"'); }

template <class List, class Each>
void append_list(std::string& out, const List& list, Each each) {
  out += '[';
  bool first = true;
  for (const auto& item : list) {
    if (!first) out += ',';
    first = false;
    each(out, item);
  }
  out += ']';
}

std::string_view kind_name(RuleKind kind) {
  switch (kind) {
    case RuleKind::Permission: return "permission";
    case RuleKind::Prohibition: return "prohibition";
    case RuleKind::Obligation: return "obligation";
  }
  return "";
}

// RFC 4648 base32, lower case; 10 octets are 16 letters.
std::string base32(BytesView octets) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const std::uint8_t octet : octets) {
    held = held << 8 | octet;
    for (bits += 8; bits >= 5; bits -= 5) out += kAlphabet[held >> (bits - 5) & 31U];
  }
  return out;
}

void normalise(Expr& expr) {
  using Kind = Expr::Kind;
  if (expr.kind == Kind::Atom) {
    std::ranges::sort(expr.atom.texts);
    const auto doubles = std::ranges::unique(expr.atom.texts);
    expr.atom.texts.erase(doubles.begin(), doubles.end());
    return;
  }
  std::vector<Expr> flat;
  for (Expr& part : expr.parts) {
    normalise(part);
    if (part.kind == expr.kind && expr.kind != Kind::One) {
      std::ranges::move(part.parts, std::back_inserter(flat));
    } else {
      flat.push_back(std::move(part));
    }
  }
  std::vector<std::pair<std::string, Expr>> keyed;
  for (Expr& part : flat) keyed.emplace_back(canonical_text(part), std::move(part));
  std::ranges::sort(keyed, {}, &std::pair<std::string, Expr>::first);
  expr.parts.clear();
  for (std::size_t i = 0; i < keyed.size(); ++i) {
    if (i > 0 && expr.kind != Kind::One && keyed[i].first == keyed[i - 1].first) continue;
    expr.parts.push_back(std::move(keyed[i].second));
  }
  if (expr.parts.size() == 1) {
    Expr only = std::move(expr.parts.front());
    expr = std::move(only);
  }
}

Label weakest(const Expr& expr) {
  if (expr.kind == Expr::Kind::Atom) return info(expr.atom.operand).label;
  Label out = Label::Enforced;
  for (const Expr& part : expr.parts) out = std::max(out, weakest(part));
  return out;
}

Label label_of(const Rule& rule) {
  // What happens after the data left is a promise; only what passes the gate is stopped at the gate.
  if ((covered(rule.action) & bit(kServedAction)) == 0) return Label::ContractOnly;
  return weakest(rule.condition);
}

void collect(const Expr& expr, Operand operand, std::set<std::string>& out) {
  for (const Expr& part : expr.parts) collect(part, operand, out);
  if (expr.kind != Expr::Kind::Atom || expr.atom.operand != operand || expr.atom.op == Operator::IsNoneOf) return;
  for (const std::string& text : expr.atom.texts) {
    if (expr.atom.op == Operator::IsA) {
      for (std::string& narrower : narrower_purposes(text)) out.insert(std::move(narrower));
    } else {
      out.insert(text);
    }
  }
}

}  // namespace

std::string canonical_text(const Expr& condition) {
  std::string out;
  if (condition.kind == Expr::Kind::Atom) {
    const Atom& atom = condition.atom;
    out += R"({"l":)";
    append_quoted(out, to_text(atom.operand));
    out += R"(,"o":)";
    append_quoted(out, to_text(atom.op));
    out += R"(,"v":)";
    if (atom.texts.empty()) {
      append_quoted(out, std::to_string(atom.number));
    } else {
      append_list(out, atom.texts, append_quoted);
    }
    out += '}';
    return out;
  }
  out += condition.kind == Expr::Kind::All   ? R"({"all":)"
         : condition.kind == Expr::Kind::Any ? R"({"any":)"
                                             : R"({"one":)";
  append_list(out, condition.parts, [](std::string& to, const Expr& part) { to += canonical_text(part); });
  out += '}';
  return out;
}

std::string canonical_text(const Rule& rule) {
  std::string out = R"({"action":)";
  append_quoted(out, to_text(rule.action));
  out += R"(,"if":)" + canonical_text(rule.condition) + R"(,"kind":)";
  append_quoted(out, kind_name(rule.kind));
  out += '}';
  return out;
}

void seal(PolicyIr& ir) {
  std::ranges::sort(ir.profiles);
  const auto same = std::ranges::unique(ir.profiles);
  ir.profiles.erase(same.begin(), same.end());
  for (Rule& rule : ir.rules) {
    normalise(rule.condition);
    const Digest digest = sha256(as_bytes(canonical_text(rule)));
    rule.rid = base32(BytesView(digest).first(10));
    rule.label = label_of(rule);
  }
  std::ranges::sort(ir.rules, {}, &Rule::rid);
  const auto doubles = std::ranges::unique(ir.rules, {}, &Rule::rid);
  ir.rules.erase(doubles.begin(), doubles.end());
  std::string text = R"({"profiles":)";
  append_list(text, ir.profiles, append_quoted);
  text += R"(,"rules":)";
  append_list(text, ir.rules, [](std::string& to, const Rule& rule) { to += canonical_text(rule); });
  text += R"(,"v":1})";
  ir.digest = sha256(as_bytes(text));
}

std::vector<std::string> offered_values(const PolicyIr& ir, Operand operand) {
  std::set<std::string> values;
  for (const Rule& rule : ir.rules) {
    if (rule.kind == RuleKind::Permission) collect(rule.condition, operand, values);
  }
  return {values.begin(), values.end()};
}

std::optional<Digest> named_view(const PolicyIr& ir) {
  const std::vector<std::string> views = offered_values(ir, Operand::View);
  if (views.size() != 1) return std::nullopt;
  const Result<Digest> digest = view_digest_from_id(views.front());
  if (!digest) return std::nullopt;
  return *digest;
}

}  // namespace sekisho::policy
