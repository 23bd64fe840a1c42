// What the statements of one exchange must say of each other.
#include <algorithm>
#include <utility>

#include "trust/evidence/verify/material.hpp"
#include "trust/zone/as_of.hpp"

namespace sekisho::trust::verify {
namespace {

constexpr Verdict kContradiction = Verdict::Contested;

// Provider and consumer of each agreement, as they themselves state it.
using AgreementParties = std::map<Digest, std::vector<std::pair<Party, Party>>>;

AgreementParties parties_of(const Material& material) {
  AgreementParties out;
  for (const auto& [id, item] : material.statements) {
    const Statement& s = item.statement;
    if (s.kind != StatementKind::Agreement || !item.sealed || !s.agreement || side_of(s) == AgreementSide::Nobody)
      continue;
    out[*s.agreement].emplace_back(s.party("provider").value_or(Party{}), s.party("consumer").value_or(Party{}));
  }
  return out;
}

struct Exchanges {
  Material& material;
  Findings& findings;
  AgreementParties parties;

  void against(const StatementItem& item, const char* group, const char* detail) {
    findings.fault(kContradiction, group, item.member, detail);
  }

  // Its issuer and its recipient are those of the agreement, where the bundle has that.
  void under_its_agreement(const StatementItem& item) {
    const Statement& s = item.statement;
    const auto stated = s.agreement ? parties.find(*s.agreement) : parties.end();
    if (stated == parties.end() || !item.counterpart) return;
    const Party issuer{s.issuer.did, s.issuer.zone, false};
    for (const auto& [provider, consumer] : stated->second) {
      if (issuer != provider || *item.counterpart != consumer) {
        return against(item, "terms", "its agreement is between other parties than its issuer and its recipient");
      }
    }
  }

  // The one statement of the other party that bounds the date of a release from below.
  void answers_its_intent(const StatementItem& item) {
    const Statement& s = item.statement;
    const auto named = s.digest("intent");
    if (!named) return;  // a push, or a foreign recipient
    const auto intent = material.statements.find(*named);
    if (intent == material.statements.end()) {
      findings.fault(Verdict::Indeterminate, "terms", item.member, "the intent of this release is missing");
      return;
    }
    const Statement& asked = intent->second.statement;
    if (asked.kind != StatementKind::Intent || asked.exchange() != s.exchange() ||
        asked.digest("request") != s.digest("request") ||
        asked.party("provider").value_or(Party{}).did != s.issuer.did || !item.counterpart ||
        asked.issuer.did != item.counterpart->did) {
      against(item, "terms", "the intent that it names is of another exchange, request or party");
    } else if (asked.time > s.time + kSnapshotSkew) {
      against(item, "terms", "it is dated before the intent that it answers");
    }
  }

  // The first receipt that is logged is final: a recipient that states another end elsewhere contradicts itself.
  void received_once(const StatementItem& item) {
    std::map<std::string, const Statement*> said;
    for (const StatementItem* receipt : item.receipts) {
      if (!receipt->sealed) continue;
      const Statement& s = receipt->statement;
      const auto [first, fresh] = said.try_emplace(s.issuer.did, &s);
      if (fresh) continue;
      const Statement& before = *first->second;
      if (s.text("outcome") != before.text("outcome") || s.digest("commitment") != before.digest("commitment")) {
        against(*receipt, "receipt", "its issuer states two ends of this release");
      }
    }
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
    under_its_agreement(item);
    answers_its_intent(item);
    received_once(item);
    if (item.receipts.empty() && !(item.counterpart && item.counterpart->foreign)) {
      findings.fault(Verdict::Indeterminate, "receipt", item.member,
                     "the receipt of this release is missing: released, unconfirmed");
    }
  }

  // Of an opening its windows speak: one of them has this very prefix.
  static bool states(const StatementItem& release, const Digest& commitment) {
    const auto& subject = release.statement.subject;
    if (!subject.empty()) return subject[0].commitment == commitment;
    return std::any_of(release.windows.begin(), release.windows.end(), [&](const StatementItem* window) {
      return window->statement.digest("commitment") == commitment;
    });
  }

  // Prefixes only grow, in the order of the log, and the end says what the last head said.
  void stream(const StatementItem& open) {
    std::vector<const StatementItem*> heads;
    const StatementItem* end = nullptr;
    for (const StatementItem* window : open.windows) {
      const Statement& s = window->statement;
      if (s.exchange() != open.statement.exchange() || s.agreement != open.statement.agreement ||
          s.issuer.did != open.statement.issuer.did || s.time <= open.statement.time) {
        return against(*window, "stream",
                       "it is of another exchange, agreement or issuer than its opening, or before it");
      }
      if (s.kind == StatementKind::StreamHead) {
        heads.push_back(window);
      } else if (std::exchange(end, window) != nullptr) {
        return against(*window, "stream", "the stream has two ends");
      }
    }
    std::sort(heads.begin(), heads.end(),
              [](const auto* a, const auto* b) { return a->statement.time < b->statement.time; });
    for (std::size_t i = 1; i < heads.size(); ++i) {
      if (heads[i]->statement.integer("chunks") <= heads[i - 1]->statement.integer("chunks") ||
          heads[i]->statement.integer("bytes") <= heads[i - 1]->statement.integer("bytes")) {
        return against(*heads[i], "stream", "its prefix does not grow");
      }
    }
    if (end == nullptr) {
      return findings.fault(Verdict::Indeterminate, "stream", open.member, "the end of this stream is missing");
    }
    const auto stated = end->statement.digest("commitment");
    if (!heads.empty() && stated && *stated != heads.back()->statement.digest("commitment")) {
      return against(*end, "stream", "its end is not its last head's");
    }
    if (stated && heads.empty() && end->statement.integer("chunks") != 0) {
      return findings.fault(Verdict::Indeterminate, "stream", end->member, "the last head of this stream is missing");
    }
    findings.pass("stream", open.member, "ended: " + end->statement.text("reason").value_or(""));
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
    if (s.time + kSnapshotSkew < release.time) return against(item, "receipt", "it is dated before its release");
    const auto commitment = s.digest("commitment");
    const bool equal = commitment && states(*item.release, *commitment);
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
  Exchanges exchanges{material, findings, parties_of(material)};
  for (const auto& [id, item] : material.statements) {
    if (item.statement.kind == StatementKind::Release || item.statement.kind == StatementKind::StreamOpen)
      exchanges.release(item);
    if (item.statement.kind == StatementKind::StreamOpen) exchanges.stream(item);
    if (item.statement.kind == StatementKind::Receipt) exchanges.receipt(item);
  }
}

}  // namespace sekisho::trust::verify
