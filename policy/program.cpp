#include "policy/program.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/core/encoding.hpp"
#include "policy/view.hpp"

namespace sekisho::policy {
namespace {

// A count stands only where everything above it is a conjunction (admission), so the least of them is the quota.
std::int64_t quota_of(const Expr& condition) {
  if (condition.kind == Expr::Kind::Atom) return condition.atom.operand == Operand::Count ? condition.atom.number : -1;
  std::int64_t least = -1;
  if (condition.kind != Expr::Kind::All) return least;
  for (const Expr& part : condition.parts) {
    const std::int64_t quota = quota_of(part);
    if (quota >= 0 && (least < 0 || quota < least)) least = quota;
  }
  return least;
}

std::vector<std::string> compiled_texts(const Atom& atom) {
  std::vector<std::string> out;
  for (const std::string& text : atom.texts) {
    if (atom.op == Operator::IsA) {
      for (std::string& narrower : narrower_purposes(text)) out.push_back(std::move(narrower));
    } else if (atom.operand == Operand::View) {
      const Result<Digest> digest = view_digest_from_id(text);
      if (digest) out.emplace_back(as_text(*digest));
    } else {
      out.push_back(text);
    }
  }
  std::ranges::sort(out);
  const auto doubles = std::ranges::unique(out);
  out.erase(doubles.begin(), doubles.end());
  return out;
}

}  // namespace

Program Program::compile(const PolicyIr& ir, const Digest& agreement) {
  Program out;
  out.digest_ = ir.digest;
  out.agreement_ = agreement;
  out.digest_hex_ = to_hex(ir.digest);
  out.agreement_hex_ = to_hex(agreement);
  out.target_ = ir.target;
  out.assignee_ = ir.assignee;
  out.grants_ = ir.kind == PolicyKind::Agreement;
  out.purposes_ = fmt::format("{}", fmt::join(offered_values(ir, Operand::Purpose), ", "));
  out.zones_ = fmt::format("{}", fmt::join(offered_values(ir, Operand::RecipientZone), ", "));
  for (const Rule& rule : ir.rules) {
    const auto root = static_cast<std::uint16_t>(out.nodes_.size());
    out.rules_.push_back({covered(rule.action), root, rule.kind == RuleKind::Prohibition, quota_of(rule.condition)});
    out.rids_.push_back(rule.rid);
    out.add(rule.condition);
  }
  return out;
}

void Program::add(const Expr& condition) {
  const std::size_t index = nodes_.size();
  Node node{
      condition.kind,       condition.atom.operand, condition.atom.op, 0, static_cast<std::uint32_t>(texts_.size()), 0,
      condition.atom.number};
  if (condition.kind == Expr::Kind::Atom && !condition.atom.texts.empty()) {
    std::vector<std::string> texts = compiled_texts(condition.atom);
    node.texts = static_cast<std::uint32_t>(texts.size());
    node.op = condition.atom.op == Operator::IsNoneOf ? Operator::IsNoneOf : Operator::IsAnyOf;
    std::ranges::move(texts, std::back_inserter(texts_));
  }
  nodes_.push_back(node);
  for (const Expr& part : condition.parts) add(part);
  nodes_[index].next = static_cast<std::uint16_t>(nodes_.size());
}

}  // namespace sekisho::policy
