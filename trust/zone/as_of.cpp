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
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      const auto is_of = [&](const Certificate& ca) { return speaks_of(*crl, subjects[i], ca); };
      if (std::ranges::none_of(cas, is_of)) continue;
      if (i == 0) out.leaf_confirmed = true;
      const std::optional<Revocation> found = crl->revocation(subjects[i]);
      if (!found) continue;
      const std::string who = subjects[i].subject();
      if (found->at <= input.at) {
        out.revoked = Error(Code::CertificateRevoked, who + " was revoked at " + to_rfc3339(found->at));
      } else if (found->invalid_since && *found->invalid_since <= input.at) {
        out.contested =
            Error(Code::CertificateRevoked, who + " is said to be invalid since " + to_rfc3339(*found->invalid_since));
      }
    }
  }
  return out;
}

Error unconfirmed() {
  return Error(Code::NotFound, "no later list of the leaf's issuer confirms that it was not revoked");
}

// The snapshot is the one that the statement names, under roots that the auditor gave. Nothing when it is.
std::optional<AsOfReport> check_identity(const AsOfInput& input, const TrustSnapshot& s, AsOfReport report) {
  const bool named = (!input.snapshot_digest || *input.snapshot_digest == s.id) &&
                     (!input.snapshot_seq || *input.snapshot_seq == s.sequence);
  if (!named) {
    return end(report, AsOfVerdict::Invalid, Error(Code::SnapshotInvalid, "not the snapshot that the statement names"));
  }
  const auto root = input.roots.find(s.zone);
  if (root == input.roots.end()) {
    return end(report, AsOfVerdict::Indeterminate,
               Error(Code::ZoneNotRecognised, "no root digest was given for zone " + s.zone));
  }
  if (s.descriptor.root.digest() != root->second) {
    return end(report, AsOfVerdict::Invalid,
               Error(Code::PathInvalid, "the snapshot of zone " + s.zone + " is not under the root that was given"));
  }
  for (const ForeignZone& f : s.foreign) {
    const auto other = input.roots.find(f.descriptor.zone);
    if (other != input.roots.end() && other->second != f.descriptor.root.digest()) {
      return end(report, AsOfVerdict::Invalid,
                 Error(Code::PathInvalid, "the snapshot recognises another root of zone " + f.descriptor.zone));
    }
  }
  return std::nullopt;
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

Result<AsOfSnapshot> AsOfSnapshot::prepare(BytesView signed_snapshot) {
  Result<TrustSnapshot> parsed = TrustSnapshot::parse(signed_snapshot);
  if (!parsed) return fail(parsed.error());
  return prepare(std::move(*parsed));
}

Result<AsOfSnapshot> AsOfSnapshot::prepare(TrustSnapshot parsed) {
  Result<std::shared_ptr<const TrustState>> state = TrustState::prepare(std::move(parsed));
  if (!state) return fail(state.error());
  AsOfSnapshot out;
  out.state_ = std::move(*state);
  return out;
}

AsOfReport AsOfSnapshot::judge(const AsOfInput& input) const {
  const TrustSnapshot& s = snapshot();
  AsOfReport report;
  report.zone = s.zone;
  report.snapshot_seq = s.sequence;
  report.snapshot = s.id;
  if (std::optional<AsOfReport> refused = check_identity(input, s, report)) return *refused;
  if (Status in_time = state_->in_time(input.at); !in_time)
    return end(report, verdict_of(in_time.error()), in_time.error());
  Result<PeerIdentity> identity = state_->judge(input.chain_der, input.use, input.at);
  if (!identity) return end(report, verdict_of(identity.error()), identity.error());
  report.identity = std::move(*identity);

  if (input.later_crls.empty()) return end(report, AsOfVerdict::ValidUnconfirmed, unconfirmed());
  Result<std::vector<Certificate>> chain = parse_chain(input.chain_der);
  if (!chain) return end(report, AsOfVerdict::Invalid, chain.error());
  std::vector<Certificate> subjects = bound_part(*chain);
  if (const ForeignZone* f = state_->foreign_zone(report.identity.zone); f != nullptr && f->cross_certificate) {
    subjects.push_back(*f->cross_certificate);
  }
  Later later = look_later(input, *state_, subjects);
  if (later.revoked) return end(report, AsOfVerdict::Invalid, std::move(*later.revoked));
  if (later.contested) return end(report, AsOfVerdict::Contested, std::move(*later.contested));
  if (!later.leaf_confirmed) return end(report, AsOfVerdict::ValidUnconfirmed, unconfirmed());
  report.verdict = AsOfVerdict::Valid;
  return report;
}

AsOfReport judge_as_of(const AsOfInput& input) {
  Result<AsOfSnapshot> snapshot = AsOfSnapshot::prepare(input.snapshot);
  if (snapshot) return snapshot->judge(input);
  AsOfReport report;
  return end(report, AsOfVerdict::Invalid, snapshot.error());
}

}  // namespace sekisho::trust
