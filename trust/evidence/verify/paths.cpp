// Certificate paths as of each statement, at home and across zones.
#include <algorithm>
#include <optional>

#include "base/core/encoding.hpp"
#include "trust/evidence/verify/material.hpp"
#include "trust/pki/crl.hpp"

namespace sekisho::trust::verify {
namespace {

Verdict from(AsOfVerdict verdict) {
  switch (verdict) {
    case AsOfVerdict::Valid: return Verdict::ValidAtExchange;
    case AsOfVerdict::ValidUnconfirmed: return Verdict::ValidUnconfirmed;
    case AsOfVerdict::Contested: return Verdict::Contested;
    case AsOfVerdict::Invalid: return Verdict::InvalidAtExchange;
    case AsOfVerdict::Indeterminate: return Verdict::Indeterminate;
  }
  return Verdict::Indeterminate;
}

struct Judge {
  Material& material;
  const std::map<std::string, Digest>& roots;
  const PathJudge& judge;
  Findings& findings;
  std::vector<std::pair<Instant, Bytes>> crls;

  std::vector<Bytes> later_than(Instant at) const {
    std::vector<Bytes> out;
    for (const auto& [issued, der] : crls) {
      if (issued > at) out.push_back(der);
    }
    return out;
  }

  // The snapshot of the counterpart's zone that the counterpart itself named nearest to that time.
  const SnapshotItem* counterpart_snapshot(const StatementItem& item) {
    const SnapshotItem* best = nullptr;
    std::chrono::microseconds distance{};
    for (const auto& [id, other] : material.statements) {
      if (other.statement.issuer.did != item.counterpart->did || !other.sealed) continue;
      const auto snapshot = material.snapshots.find(other.statement.snapshot_digest);
      if (snapshot == material.snapshots.end() || snapshot->second.snapshot.zone != item.counterpart->zone) continue;
      const auto apart = std::chrono::abs(other.statement.time - item.statement.time);
      if (!best || apart < distance) {
        best = &snapshot->second;
        distance = apart;
      }
    }
    return best;
  }

  // True when the identity that the path proves is the one that the statement claims.
  bool report(const StatementItem& item, const AsOfReport& answer, const std::string& group, const std::string& under) {
    const Verdict verdict = from(answer.verdict);
    const Issuer& claimed = item.statement.issuer;
    const bool known = verdict <= Verdict::ValidUnconfirmed || verdict == Verdict::Contested;
    if (known && (answer.identity.did != claimed.did || answer.identity.zone != claimed.zone ||
                  answer.identity.cert != claimed.cert)) {
      findings.fault(Verdict::InvalidAtExchange, group, item.member, "the issuer is not the DID and zone of its certificate");
      return false;
    }
    if (verdict <= Verdict::ValidUnconfirmed) {
      findings.pass(group, item.member, claimed.did + " was valid at " + to_rfc3339(item.statement.time) + " " + under, verdict);
      return true;
    }
    findings.fault(verdict, group, item.member, claimed.did + " " + under + ": " + answer.reason.message);
    return false;
  }

  void home(const StatementItem& item, const std::vector<Bytes>& chain, const std::vector<Bytes>& later) {
    const Statement& s = item.statement;
    const auto snapshot = material.snapshots.find(s.snapshot_digest);
    if (snapshot == material.snapshots.end()) {
      findings.fault(Verdict::Indeterminate, "path", item.member, "the snapshot " + snapshot_member(s.snapshot_digest) + " is missing");
      return;
    }
    material.unused.erase(snapshot->second.member);
    if (snapshot->second.snapshot.zone != s.issuer.zone) {
      findings.fault(Verdict::InvalidAtExchange, "path", item.member, "the snapshot that it names is not of the issuer's zone");
      return;
    }
    report(item, judge({snapshot->second.signed_bytes, roots, chain, Use::Statement, s.time, s.snapshot_digest, s.snapshot_seq, later}),
           "path", "under the root of its zone " + s.issuer.zone);
  }

  void abroad(const StatementItem& item, const std::vector<Bytes>& chain, const std::vector<Bytes>& later) {
    const Party& other = *item.counterpart;
    const SnapshotItem* snapshot = counterpart_snapshot(item);
    if (!snapshot) {
      findings.fault(Verdict::Indeterminate, "recognition", item.member,
                     "no snapshot of the zone " + other.zone + " that " + other.did + " named is in the bundle");
      return;
    }
    const TrustSnapshot& its = snapshot->snapshot;
    report(item, judge({snapshot->signed_bytes, roots, chain, Use::Statement, item.statement.time, its.id, its.sequence, later}),
           "recognition", "under the recognition of the zone " + other.zone);
  }

  void all() {
    for (auto& [id, item] : material.statements) {
      const auto chain = material.chains.find(item.statement.issuer.cert);
      if (chain == material.chains.end()) continue;  // found missing with the seal
      const std::vector<Bytes> later = later_than(item.statement.time);
      home(item, chain->second, later);
      const auto& other = item.counterpart;
      if (other && !other->foreign && other->zone != item.statement.issuer.zone) abroad(item, chain->second, later);
    }
  }
};

bool of_a_known_ca(const Material& material, const Crl& crl) {
  const auto issued_by = [&](const ZoneDescriptor& zone) {
    const auto is = [&](const Certificate& ca) { return ca.subject_der() == crl.issuer_der() && crl.signed_by(ca).has_value(); };
    return is(zone.root) || is(zone.cross_ca) || std::any_of(zone.issuing_cas.begin(), zone.issuing_cas.end(), is);
  };
  for (const auto& [id, item] : material.snapshots) {
    const TrustSnapshot& snapshot = item.snapshot;
    if (issued_by(snapshot.descriptor)) return true;
    for (const ForeignZone& zone : snapshot.foreign) {
      if (issued_by(zone.descriptor)) return true;
    }
  }
  return false;
}

}  // namespace

void check_paths(Material& material, const std::map<std::string, Digest>& roots, const PathJudge& judge,
                 Findings& findings) {
  Judge all{material, roots, judge, findings, {}};
  for (const Bytes& der : material.crls) {
    const Result<Crl> crl = Crl::parse(der);
    if (!crl || !of_a_known_ca(material, *crl)) continue;  // stays unused
    material.unused.erase(crl_member(crl->digest()));
    all.crls.emplace_back(crl->this_update(), der);
  }
  all.all();
}

}  // namespace sekisho::trust::verify
