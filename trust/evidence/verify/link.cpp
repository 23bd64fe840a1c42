#include "base/core/encoding.hpp"
#include "trust/evidence/verify/material.hpp"

namespace sekisho::trust::verify {
namespace {

StatementItem* find(Material& material, const std::optional<Digest>& id, StatementKind kind) {
  if (!id) return nullptr;
  const auto it = material.statements.find(*id);
  return it != material.statements.end() && it->second.statement.kind == kind ? &it->second : nullptr;
}

Party issuer_of(const Statement& s) { return {s.issuer.did, s.issuer.zone, false}; }

// Of statements that name both sides of an agreement, or neither.
std::optional<Party> other_of_agreement(const Material& material, const Statement& s) {
  for (const auto& [id, item] : material.statements) {
    const Statement& other = item.statement;
    if (other.agreement == s.agreement && s.agreement && other.issuer.did != s.issuer.did) return issuer_of(other);
  }
  return std::nullopt;
}

std::optional<Party> counterpart_of(const Material& material, const StatementItem& item) {
  const Statement& s = item.statement;
  switch (s.kind) {
    case StatementKind::StreamHead:
    case StatementKind::StreamEnd:
      return item.release && item.release->terms ? item.release->terms->statement.party("recipient") : std::nullopt;
    case StatementKind::StreamOpen:
    case StatementKind::Release: return item.terms ? item.terms->statement.party("recipient") : std::nullopt;
    case StatementKind::Receipt: return item.release ? std::optional(issuer_of(item.release->statement)) : std::nullopt;
    case StatementKind::Terms:
    case StatementKind::Refusal:
    case StatementKind::Void: return s.party("recipient");
    case StatementKind::Intent: return s.party("provider");
    case StatementKind::Agreement: {
      const auto provider = s.party("provider");
      return provider && provider->did == s.issuer.did ? s.party("consumer") : provider;
    }
    case StatementKind::Request: return other_of_agreement(material, s);
    case StatementKind::Erasure: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void link(Material& material, Findings& findings) {
  for (auto& [id, item] : material.statements) {
    const Statement& s = item.statement;
    if (s.kind == StatementKind::Release || s.kind == StatementKind::StreamOpen) {
      item.terms = find(material, s.digest("terms"), StatementKind::Terms);
      if (!item.terms)
        findings.fault(Verdict::Indeterminate, "terms", item.member, "the terms of this release are missing");
    }
    if (s.kind == StatementKind::Receipt) {
      StatementItem* release = find(material, s.digest("of"), StatementKind::Release);
      if (!release) release = find(material, s.digest("of"), StatementKind::StreamOpen);
      if (!release) release = find(material, s.digest("of"), StatementKind::StreamHead);
      item.release = release;
      if (release) {
        release->receipts.push_back(&item);
      } else {
        findings.fault(Verdict::Indeterminate, "receipt", item.member, "the release of this receipt is missing");
      }
    }
  }
  for (auto& [id, item] : material.statements) {
    const StatementKind kind = item.statement.kind;
    if (kind != StatementKind::StreamHead && kind != StatementKind::StreamEnd) continue;
    StatementItem* open = find(material, item.statement.digest("of"), StatementKind::StreamOpen);
    item.release = open;
    if (!open) {
      findings.fault(Verdict::Indeterminate, "stream", item.member, "the opening of this stream is missing");
    } else {
      open->windows.push_back(&item);
    }
  }
  for (auto& [id, item] : material.statements) {
    item.counterpart = counterpart_of(material, item);
    if (item.counterpart && item.counterpart->foreign) {
      // Neither twin, receipt nor recognition is asked of a foreign party; so whoever says the word proves nothing by it.
      findings.fault(Verdict::Indeterminate, "twin", item.member,
                     "the other party is called foreign: only its issuer says that it was told");
    }
  }
  if (material.statements.empty()) {
    findings.fault(Verdict::Malformed, "archive", "", "the bundle has no statement that can be read");
  }
}

}  // namespace sekisho::trust::verify
