#include "base/core/encoding.hpp"
#include "trust/evidence/seal_cache.hpp"
#include "trust/evidence/verify/material.hpp"
#include "trust/keys/private_key.hpp"
#include "trust/pki/certificate.hpp"

namespace sekisho::trust::verify {
namespace {

Result<Ed25519PublicKey> statement_key(BytesView leaf_der) {
  const Result<Certificate> leaf = Certificate::parse(leaf_der);
  if (!leaf) return fail(leaf.error());
  const Result<PublicKey> key = PublicKey::from_spki(leaf->spki());
  if (!key) return fail(key.error());
  const auto octets = key->ed25519();
  if (!octets) return fail(Code::CertificateProfile, "the certificate's key is not Ed25519");
  return ed25519_public_key(*octets);
}

// A zone signs one snapshot of each sequence, each later than the one before.
void check_sequences(const Material& material, Findings& findings) {
  std::map<std::pair<std::string, std::uint64_t>, const SnapshotItem*> signed_by;
  for (const auto& [id, item] : material.snapshots) {
    if (!item.anchored) continue;
    if (!signed_by.try_emplace({item.snapshot.zone, item.snapshot.sequence}, &item).second) {
      findings.fault(Verdict::Contested, "snapshot", item.member, "its zone signed two snapshots of that sequence");
    }
  }
  const SnapshotItem* before = nullptr;
  for (const auto& [key, item] : signed_by) {
    if (before && before->snapshot.zone == item->snapshot.zone && item->snapshot.created <= before->snapshot.created) {
      findings.fault(Verdict::Contested, "snapshot", item->member, "it is not later than the one before it");
    }
    before = item;
  }
}

}  // namespace

void check_snapshots(Material& material, const std::map<std::string, Digest>& roots, Findings& findings) {
  for (auto& [id, item] : material.snapshots) {
    const TrustSnapshot& snapshot = item.snapshot;
    const auto root = roots.find(snapshot.zone);
    if (root == roots.end()) {
      findings.fault(Verdict::Indeterminate, "snapshot", item.member,
                     "no --root was given for the zone " + snapshot.zone);
    } else if (root->second != snapshot.descriptor.root.digest()) {
      findings.fault(Verdict::InvalidAtExchange, "snapshot", item.member,
                     "the root of the zone " + snapshot.zone + " is not the one that was given");
    } else {
      item.anchored = true;
      material.unused.erase(item.member);  // the word of a zone counts, whether or not a statement names it
      findings.pass("snapshot", item.member, "signed under the given root of the zone " + snapshot.zone);
    }
  }
  check_sequences(material, findings);
}

void check_seals(Material& material, Findings& findings) {
  SealCache cache;
  for (auto& [id, item] : material.statements) {
    const Digest& cert = item.statement.issuer.cert;
    const auto chain = material.chains.find(cert);
    if (chain == material.chains.end()) {
      findings.fault(Verdict::Indeterminate, "seal", item.member,
                     "the issuer's chain " + chain_member(cert) + " is missing");
      continue;
    }
    material.unused.erase(chain_member(cert));
    const Result<Ed25519PublicKey> key = statement_key(chain->second[0]);
    if (!key) {
      findings.fault(Verdict::Tampered, "seal", item.member,
                     "the issuer's certificate has no statement key: " + key.error().message);
      continue;
    }
    if (const Status s = cache.verify(item.envelope.payload, item.envelope.seal, *key); !s) {
      findings.fault(Verdict::Tampered, "seal", item.member, s.error().message);
      continue;
    }
    item.sealed = true;
    findings.pass("seal", item.member, "sealed by the key of the certificate that it names");
  }
}

}  // namespace sekisho::trust::verify
