#include "policy/admission.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "policy/reader.hpp"
#include "policy/resolve.hpp"
#include "policy/satisfy.hpp"

namespace sekisho::policy {
namespace {

bool serves(const Rule& rule) { return (covered(rule.action) & bit(kServedAction)) != 0; }

// A03, A04, A05, A07, A16: what the terms mean together.
class Checks {
 public:
  Checks(const PolicyIr& ir, const AdmissionOptions& options, std::vector<Finding>& findings)
      : ir_(ir), options_(options), findings_(findings) {}

  void run() {
    bool possible = false;
    for (const Rule& rule : ir_.rules) {
      if (rule.kind == RuleKind::Permission) possible = permission(rule) || possible;
    }
    if (!possible) add("A04", true, "", "nothing that this node serves can ever be permitted", "odrl:read");
    for (const Action onward : {Action::Distribute, Action::Transfer}) {
      const bool prohibited = std::ranges::any_of(ir_.rules, [&](const Rule& rule) {
        return rule.kind == RuleKind::Prohibition && (covered(rule.action) & bit(onward)) != 0;
      });
      if (!prohibited)
        add("A07", false, "", fmt::format("no prohibition covers {}", to_text(onward)), std::string(to_text(onward)));
    }
  }

 private:
  void add(std::string_view check, bool refuses, std::string pointer, std::string message,
           std::string suggestion = {}) {
    findings_.push_back({std::string(check), refuses, std::move(pointer), std::move(message), std::move(suggestion)});
  }

  // Whether it can ever permit what the node serves.
  bool permission(const Rule& rule) {
    const std::array<const Expr*, 1> alone{&rule.condition};
    const Satisfiable ever = satisfy(alone, std::nullopt, options_.limits.points).answer;
    if (ever == Satisfiable::TooComplex) add("A12", true, rule.pointer, "the constraints are too complex to check");
    if (ever == Satisfiable::No) add("A03", true, rule.pointer, "the permission can never hold");
    if (ever != Satisfiable::Yes) return ever == Satisfiable::TooComplex;
    if (options_.now && satisfy(alone, options_.now, options_.limits.points).answer == Satisfiable::No) {
      add("A16", options_.expired_is_fatal, rule.pointer, "the permission has already ended");
    }
    if (!serves(rule)) return false;
    for (const Rule& against : ir_.rules) {
      if (against.kind != RuleKind::Prohibition || !serves(against)) continue;
      const std::array<const Expr*, 2> both{&rule.condition, &against.condition};
      const Witness witness = satisfy(both, std::nullopt, options_.limits.points);
      if (witness.answer == Satisfiable::No) continue;
      if (witness.answer == Satisfiable::TooComplex) {
        add("A12", true, against.pointer, "the constraints are too complex to check");
        continue;
      }
      add("A05", true, against.pointer,
          fmt::format("the prohibition overlaps the permission at {}: {}", rule.pointer, witness.request));
    }
    return true;
  }

  const PolicyIr& ir_;
  const AdmissionOptions& options_;
  std::vector<Finding>& findings_;
};

bool refused(const std::vector<Finding>& findings) {
  return std::ranges::any_of(findings, [](const Finding& finding) { return finding.refuses; });
}

}  // namespace

Admission admit(const PolicyDocument& document, const AdmissionOptions& options) {
  Admission out;
  PolicyIr ir = resolve(document, options.limits, out.findings);
  // The checks below are about meaning, which a policy with unknown terms has none of.
  if (!refused(out.findings)) Checks(ir, options, out.findings).run();
  if (!refused(out.findings)) out.ir = std::move(ir);
  return out;
}

Json report(const Admission& admission) {
  JsonArray findings;
  for (const Finding& finding : admission.findings) {
    JsonObject row{{"check", finding.check},
                   {"refuses", finding.refuses},
                   {"pointer", finding.pointer},
                   {"message", finding.message}};
    if (!finding.suggestion.empty()) row["suggestion"] = finding.suggestion;
    findings.push_back(std::move(row));
  }
  JsonObject out{{"admitted", admission.admitted()}, {"findings", std::move(findings)}};
  if (!admission.ir) return out;
  JsonArray rules;
  for (const Rule& rule : admission.ir->rules) {
    constexpr std::array<std::string_view, 3> kKinds{"permission", "prohibition", "obligation"};
    rules.push_back(JsonObject{{"rid", rule.rid},
                               {"kind", kKinds[static_cast<std::size_t>(rule.kind)]},
                               {"label", to_text(rule.label)},
                               {"text", plain_text(rule)}});
  }
  out["digest"] = to_hex(admission.ir->digest);
  out["rules"] = std::move(rules);
  return out;
}

std::string report_text(const Admission& admission) {
  std::string out = admission.admitted() ? "The policy can be enforced here.\n" : "The policy is refused.\n";
  for (const Finding& finding : admission.findings) {
    out += fmt::format("{} {} {}: {}", finding.check, finding.refuses ? "refused" : "note", finding.pointer,
                       finding.message);
    if (!finding.suggestion.empty()) out += fmt::format(" (supported: {})", finding.suggestion);
    out += '\n';
  }
  if (admission.ir) out += plain_text(*admission.ir);
  return out;
}

Result<PolicyIr> admit_policy(const Json& policy, PolicyKind kind, const AdmissionOptions& options) {
  Result<PolicyDocument> document = read_policy(policy, kind);
  if (!document) return fail(document.error());
  return admit_document(*document, options);
}

Result<PolicyIr> admit_document(const PolicyDocument& document, const AdmissionOptions& options) {
  Admission admission = admit(document, options);
  if (admission.ir) return std::move(*admission.ir);
  std::string first;
  for (const Finding& finding : admission.findings) {
    if (finding.refuses && first.empty())
      first = fmt::format("{} at '{}': {}", finding.check, finding.pointer, finding.message);
  }
  return fail(Error(Code::PolicyRefused, fmt::format("the policy is refused: {}", first))
                  .with("report", sekisho::to_text(report(admission))));
}

}  // namespace sekisho::policy
