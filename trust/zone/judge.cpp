// The validation algorithm of the trust reference 6.5: pre-checks, path, post-checks on the verified path, leaf
// profile. Nothing here is optional; the home zone takes the same way.
#include <fmt/format.h>

#include <algorithm>

#include "trust/zone/trust_state.hpp"

namespace sekisho::trust {

namespace {

// A path is one of two shapes; there is no third.
constexpr std::size_t kHomePath = 3;     // leaf, own issuing CA, own root
constexpr std::size_t kForeignPath = 5;  // leaf, foreign issuing CA, cross-certificate, own cross-CA, own root

bool is_one_of(const Certificate& c, std::span<const Certificate> list) {
  return std::ranges::any_of(list, [&](const Certificate& x) { return x.digest() == c.digest(); });
}

std::unexpected<Error> not_active(const ForeignZone& f) {
  if (f.state == RecognitionState::Suspended) {
    return fail(Error(Code::RecognitionSuspended, "the recognition of zone " + f.descriptor.zone + " is suspended")
                    .with("zone", f.descriptor.zone));
  }
  return fail(Error(Code::ZoneNotRecognised, "the recognition of zone " + f.descriptor.zone + " was withdrawn")
                  .with("zone", f.descriptor.zone));
}

// Why there is no path, as well as an unverified chain can say: for the refusal's code only, never to grant.
Error explain_refusal(const TrustSnapshot& s, std::span<const Certificate> chain, Error why) {
  for (const ForeignZone& f : s.foreign) {
    if (f.state == RecognitionState::Active || why.code == Code::CertificateRevoked) continue;
    for (const Certificate& ca : f.descriptor.issuing_cas) {
      if (chain.front().issuer_der() == ca.subject_der()) return not_active(f).error();
    }
  }
  if (why.code != Code::ZoneNotRecognised) return why;
  return Error(Code::ZoneNotRecognised, "no path from " + chain.front().subject() + " to the own root", std::move(why));
}

Status check_home(const VerifiedPath& path, const ZoneDescriptor& own) {
  if (path.chain.size() != kHomePath || !is_one_of(path.chain[1], own.issuing_cas)) {
    return fail(Code::CertificateInvalid, "a home path must be leaf, issuing CA of the descriptor, root");
  }
  return check_namespace(path.chain[0], own.space);
}

// The peer may send any certificate; which cross-certificate counts, the snapshot alone says.
Result<const ForeignZone*> check_allowed(const VerifiedPath& path, const TrustSnapshot& s) {
  const Certificate& cross = path.chain[2];
  if (path.chain[3].digest() != s.descriptor.cross_ca.digest()) {
    return fail(Code::CertificateInvalid, "the path passes another cross-CA than the own one");
  }
  for (const ForeignZone& f : s.foreign) {
    if (f.cross_certificate && f.cross_certificate->digest() == cross.digest()) {
      if (f.state != RecognitionState::Active) return not_active(f);
      return &f;
    }
  }
  for (const ForeignZone& f : s.foreign) {
    if (f.descriptor.root.spki() == cross.spki() && f.state != RecognitionState::Active) return not_active(f);
  }
  return fail(Code::ZoneNotRecognised, "the path passes a cross-certificate that is not the active one");
}

Status check_foreign(const VerifiedPath& path, const ForeignZone& f, Instant at) {
  if (at > f.descriptor.valid_to) {
    return fail(Code::ZoneNotRecognised, "the descriptor of zone " + f.descriptor.zone + " has ended");
  }
  if (!f.recognition.in_force(at)) {
    return fail(Code::ZoneNotRecognised,
                "the recognition of zone " + f.descriptor.zone + " is not in force at this time");
  }
  if (!is_one_of(path.chain[1], f.descriptor.issuing_cas)) {
    return fail(Code::CertificateInvalid, "an issuing CA that is not in the descriptor of zone " + f.descriptor.zone);
  }
  const auto oldest = std::chrono::seconds(f.recognition.terms.max_status_age_s);
  for (const Crl& crl : f.crls) {
    if (crl.issuer_der() == path.chain[1].subject_der() && at - crl.this_update() > oldest) {
      return fail(Code::SnapshotStale,
                  "the status of zone " + f.descriptor.zone + " is older than the recognition allows");
    }
  }
  return check_namespace(path.chain[0], f.descriptor.space);
}

void narrow(Instant& from, Instant& to, const TrustSnapshot& s, const VerifiedPath& path) {
  for (const Certificate& c : path.chain) {
    from = std::max(from, c.not_before());
    to = std::min(to, c.not_after());
  }
  const auto by_crls = [&](const std::vector<Crl>& crls) {
    for (const Crl& crl : crls) {
      from = std::max(from, crl.this_update());
      if (crl.next_update()) to = std::min(to, *crl.next_update());
    }
  };
  by_crls(s.crls);
  for (const ForeignZone& f : s.foreign) {
    if (f.state != RecognitionState::Active || path.chain.size() != kForeignPath) continue;
    by_crls(f.crls);
    from = std::max(from, f.recognition.terms.valid_from);
    to = std::min({to, f.recognition.terms.valid_to, f.descriptor.valid_to});
    for (const Crl& crl : f.crls) {
      to = std::min(to, crl.this_update() + std::chrono::seconds(f.recognition.terms.max_status_age_s));
    }
  }
  to = std::min({to, s.expires, s.descriptor.valid_to});
}

}  // namespace

Result<TrustState::Cached> TrustState::judge_uncached(std::span<const Bytes> chain_der, Use use, Instant at,
                                                      Assurance needed) const {
  const TrustSnapshot& s = snapshot_;
  if (at > s.expires) {
    return fail(Code::SnapshotStale, fmt::format("snapshot {} of zone {} has expired", s.sequence, s.zone));
  }
  if (at > s.descriptor.valid_to) return fail(Code::SnapshotStale, "the descriptor of zone " + s.zone + " has ended");
  Result<std::vector<Certificate>> chain = parse_chain(chain_der);
  if (!chain) return fail(chain.error());

  PathSettings settings;
  settings.policies = policy_oids(s.zone, use, needed);
  settings.use = use;
  Result<VerifiedPath> path = store_.verify(*chain, settings, at);
  if (!path) return fail(explain_refusal(s, *chain, path.error()));

  if (path->chain.back().digest() != s.descriptor.root.digest()) {
    return fail(Code::CertificateInvalid, "the path does not end at the own root");
  }
  Cached out;
  const ForeignZone* foreign = nullptr;
  if (path->chain.size() == kForeignPath) {
    Result<const ForeignZone*> allowed = check_allowed(*path, s);
    if (!allowed) return fail(allowed.error());
    foreign = *allowed;
    if (Status ok = check_foreign(*path, *foreign, at); !ok) return fail(ok.error());
  } else if (Status ok = check_home(*path, s.descriptor); !ok) {
    return fail(ok.error());
  }

  std::optional<Assurance> level;
  for (const std::string& oid : path->policies) level = std::max(level, assurance_of(s.zone, use, oid));
  if (!level || *level < needed) return fail(Code::CertificateInvalid, "the certificate's assurance level is too low");

  const Certificate& leaf = path->chain.front();
  Result<LeafNames> names = check_leaf(leaf, use);
  if (!names) return fail(names.error());

  PeerIdentity& id = out.identity;
  id.did = names->did;
  id.dns = names->dns;
  id.organization = names->organization;
  id.zone = foreign == nullptr ? s.zone : foreign->descriptor.zone;
  id.cert = leaf.digest();
  id.level = name_of(*level);
  id.home = foreign == nullptr;
  if (foreign != nullptr) id.recognition = foreign->recognition.id;
  id.snapshot_seq = s.sequence;
  if (use == Use::Statement) {
    Result<PublicKey> key = PublicKey::from_spki(leaf.spki());
    if (!key) return fail(key.error());
    Result<std::array<std::uint8_t, 32>> octets = key->ed25519();
    if (!octets) return fail(octets.error());
    id.statement_key = *octets;
  }
  out.from = leaf.not_before();
  out.to = leaf.not_after();
  narrow(out.from, out.to, s, *path);
  return out;
}

}  // namespace sekisho::trust
