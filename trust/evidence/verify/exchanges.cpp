// What the statements of one exchange must say of each other, and disclosures.
#include <algorithm>

#include "base/core/encoding.hpp"
#include "trust/evidence/commitment.hpp"
#include "trust/evidence/verify/material.hpp"

namespace sekisho::trust::verify {
namespace {

constexpr Verdict kContradiction = Verdict::Contested;

struct Exchanges {
  Material& material;
  Findings& findings;

  void against(const StatementItem& item, const char* group, const char* detail) {
    findings.fault(kContradiction, group, item.member, detail);
  }

  void release(const StatementItem& item) {
    const Statement& s = item.statement;
    if (item.terms) {
      const Statement& terms = item.terms->statement;
      if (!item.terms->sealed || terms.issuer.did != s.issuer.did || terms.agreement != s.agreement) {
        against(item, "terms", "the terms are not sealed by the same issuer under the same agreement");
      } else if (terms.time >= s.time) {
        against(item, "terms", "the terms were logged after the release");
      } else {
        findings.pass("terms", item.member, "its terms name the same agreement");
      }
    }
    if (const auto intent = s.digest("intent"); intent && material.statements.contains(*intent)) {
      const Statement& asked = material.statements.at(*intent).statement;
      if (asked.kind != StatementKind::Intent || asked.exchange() != s.exchange() ||
          asked.digest("request") != s.digest("request") ||
          asked.party("provider").value_or(Party{}).did != s.issuer.did || !item.counterpart ||
          asked.issuer.did != item.counterpart->did) {
        against(item, "terms", "the intent that it names is of another exchange, request or party");
      }
    }
    if (item.receipts.empty() && !(item.counterpart && item.counterpart->foreign)) {
      findings.fault(Verdict::Indeterminate, "receipt", item.member,
                     "the receipt of this release is missing: released, unconfirmed");
    }
  }

  void receipt(const StatementItem& item) {
    if (!item.release) return;
    const Statement& s = item.statement;
    const Statement& release = item.release->statement;
    if (s.exchange() != release.exchange() || s.agreement != release.agreement) {
      return against(item, "receipt", "the receipt is of another exchange or agreement than its release");
    }
    const auto& recipient = item.release->counterpart;
    if (recipient && (recipient->did != s.issuer.did || recipient->zone != s.issuer.zone)) {
      return against(item, "receipt", "the receipt is not by the recipient that the terms name");
    }
    const auto commitment = s.digest("commitment");
    const bool equal = commitment && *commitment == release.subject[0].commitment;
    const std::string outcome = s.text("outcome").value_or("");
    if (outcome == "verified" && !equal) {
      return against(item, "receipt", "the receipt says verified, but its commitment is not the release's");
    }
    findings.pass("receipt", item.member,
                  outcome == "verified" ? "both parties state the same commitment"
                                        : "outcome " + outcome + ": released, unconfirmed");
  }
};

}  // namespace

void check_exchanges(Material& material, Findings& findings) {
  Exchanges exchanges{material, findings};
  for (const auto& [id, item] : material.statements) {
    if (item.statement.kind == StatementKind::Release) exchanges.release(item);
    if (item.statement.kind == StatementKind::Receipt) exchanges.receipt(item);
  }
}

void check_disclosures(Material& material, Findings& findings) {
  for (const auto& [id, disclosure] : material.disclosures) {
    const std::string member = disclosure_member(id);
    const auto item = material.statements.find(id);
    if (item == material.statements.end() || item->second.statement.subject.size() != 1) continue;  // stays unused
    material.unused.erase(member);
    if (!disclosure.data) {
      findings.pass("disclosure", member, "the salt alone: the commitment can be checked by whoever has the data");
      continue;
    }
    const Status fits =
        verify_commitment(disclosure.salt, *disclosure.data, item->second.statement.subject[0].commitment);
    if (!fits) {
      findings.fault(Verdict::Tampered, "disclosure", member, fits.error().message);
    } else {
      findings.pass("disclosure", member, "data and salt give the commitment that was released");
    }
  }
}

}  // namespace sekisho::trust::verify
