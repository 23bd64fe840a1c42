#include "trust/zone/as_of.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sekisho::trust {

namespace {

AsOfReport& end(AsOfReport& report, AsOfVerdict verdict, Error reason) {
  report.verdict = verdict;
  report.reason = std::move(reason);
  return report;
}

// Missing or outdated status says nothing about the chain; everything else speaks against it.
AsOfVerdict verdict_of(const Error& error) {
  return error.code == Code::SnapshotStale ? AsOfVerdict::Indeterminate : AsOfVerdict::Invalid;
}

// The issuers of every certificate that a path to the own root could pass, so that their later lists can be checked.
std::vector<Certificate> known_cas(const TrustState& state) {
  std::vector<Certificate> out = state.descriptor().issuing_cas;
  out.push_back(state.descriptor().root);
  out.push_back(state.descriptor().cross_ca);
  for (const ForeignZone& f : state.foreign_zones()) {
    out.insert(out.end(), f.descriptor.issuing_cas.begin(), f.descriptor.issuing_cas.end());
    out.push_back(f.descriptor.root);
  }
  return out;
}

struct Later {
  std::optional<Error> revoked, contested;
  bool leaf_confirmed = false;
};

Later look_later(const AsOfInput& input, const TrustState& state, std::span<const Certificate> subjects) {
  Later out;
  const std::vector<Certificate> cas = known_cas(state);
  for (const Bytes& der : input.later_crls) {
    Result<Crl> crl = Crl::parse(der);
    if (!crl || crl->this_update() <= input.at) continue;
    if (std::ranges::none_of(cas, [&](const Certificate& ca) { return crl->signed_by(ca).has_value(); })) continue;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      if (subjects[i].issuer_der() != crl->issuer_der()) continue;
      if (i == 0) out.leaf_confirmed = true;
      const std::optional<Revocation> found = crl->revocation(subjects[i]);
      if (!found) continue;
      const std::string who = subjects[i].subject();
      if (found->at <= input.at) {
        out.revoked = Error(Code::CertificateRevoked, who + " was revoked at " + to_rfc3339(found->at));
      } else if (found->invalid_since && *found->invalid_since <= input.at) {
        out.contested = Error(Code::CertificateRevoked, who + " is said to be invalid since " + to_rfc3339(*found->invalid_since));
      }
    }
  }
  return out;
}

}  // namespace

std::string_view name_of(AsOfVerdict verdict) {
  switch (verdict) {
    case AsOfVerdict::Valid: return "VALID_AT_EXCHANGE";
    case AsOfVerdict::ValidUnconfirmed: return "VALID_UNCONFIRMED";
    case AsOfVerdict::Contested: return "CONTESTED";
    case AsOfVerdict::Invalid: return "INVALID_AT_EXCHANGE";
    case AsOfVerdict::Indeterminate: return "INDETERMINATE";
  }
  return "INDETERMINATE";
}

AsOfReport judge_as_of(const AsOfInput& input) {
  AsOfReport report;
  Result<TrustSnapshot> snapshot = TrustSnapshot::parse(input.snapshot);
  if (!snapshot) return end(report, AsOfVerdict::Invalid, snapshot.error());
  report.zone = snapshot->zone;
  report.snapshot_seq = snapshot->sequence;
  report.snapshot = snapshot->id;
  const bool named = (!input.snapshot_digest || *input.snapshot_digest == snapshot->id) &&
                     (!input.snapshot_seq || *input.snapshot_seq == snapshot->sequence);
  if (!named) {
    return end(report, AsOfVerdict::Invalid, Error(Code::SnapshotInvalid, "not the snapshot that the statement names"));
  }
  const auto root = input.roots.find(snapshot->zone);
  if (root == input.roots.end()) {
    return end(report, AsOfVerdict::Indeterminate,
               Error(Code::ZoneNotRecognised, "no root digest was given for zone " + snapshot->zone));
  }
  if (snapshot->descriptor.root.digest() != root->second) {
    return end(report, AsOfVerdict::Invalid,
               Error(Code::PathInvalid, "the snapshot of zone " + snapshot->zone + " is not under the root that was given"));
  }
  for (const ForeignZone& f : snapshot->foreign) {
    const auto other = input.roots.find(f.descriptor.zone);
    if (other != input.roots.end() && other->second != f.descriptor.root.digest()) {
      return end(report, AsOfVerdict::Invalid,
                 Error(Code::PathInvalid, "the snapshot recognises another root of zone " + f.descriptor.zone));
    }
  }
  auto state = TrustState::load(snapshot->descriptor.root.der(), input.snapshot, input.at);
  if (!state) return end(report, verdict_of(state.error()), state.error());
  Result<PeerIdentity> identity = (*state)->judge(input.chain_der, input.use, input.at);
  if (!identity) return end(report, verdict_of(identity.error()), identity.error());
  report.identity = std::move(*identity);

  Result<std::vector<Certificate>> subjects = parse_chain(input.chain_der);
  if (!subjects) return end(report, AsOfVerdict::Invalid, subjects.error());
  if (const ForeignZone* f = (*state)->foreign_zone(report.identity.zone); f != nullptr && f->cross_certificate) {
    subjects->push_back(*f->cross_certificate);
  }
  Later later = look_later(input, **state, *subjects);
  if (later.revoked) return end(report, AsOfVerdict::Invalid, std::move(*later.revoked));
  if (later.contested) return end(report, AsOfVerdict::Contested, std::move(*later.contested));
  if (!later.leaf_confirmed) {
    return end(report, AsOfVerdict::ValidUnconfirmed,
               Error(Code::NotFound, "no later list of the leaf's issuer confirms that it was not revoked"));
  }
  report.verdict = AsOfVerdict::Valid;
  return report;
}

}  // namespace sekisho::trust
