#include "trust/pki/profile.hpp"

#include <algorithm>

#include "trust/keys/private_key.hpp"
#include "trust/keys/verified.hpp"
#include "trust/pki/extensions.hpp"

namespace sekisho::trust {

namespace {

constexpr auto kMaxLeafLife = std::chrono::hours(24 * 398);
constexpr std::string_view kServerAuth = "1.3.6.1.5.5.7.3.1";
constexpr std::string_view kClientAuth = "1.3.6.1.5.5.7.3.2";

Status broken(std::string rule) { return fail(Code::CertificateProfile, std::move(rule)); }

Status check_key(const Certificate& leaf, Use use) {
  Result<PublicKey> key = PublicKey::from_spki(leaf.spki());
  if (!key) return fail(Code::CertificateProfile, "a leaf for a key that is not accepted", key.error());
  if (use == Use::Statement && key->kind() != KeyKind::Ed25519) return broken("a statement key must be Ed25519");
  if (use != Use::Statement && key->kind() == KeyKind::P384) return broken("a TLS key must be ECDSA P-256 or Ed25519");
  return {};
}

Status check_usage(const Certificate& leaf, Use use) {
  if (leaf.is_ca()) return broken("a CA certificate is no leaf");
  if (leaf.key_usage() != KU_DIGITAL_SIGNATURE) return broken("the key usage must be digitalSignature alone");
  std::vector<std::string> usages = leaf.extended_usages();
  std::ranges::sort(usages);
  if (use == Use::Statement) {
    if (usages.size() != 1 || usages[0] != kDocumentSigning) {
      return broken("a statement certificate's extended key usage must be documentSigning alone");
    }
  } else if (usages.size() != 2 || usages[0] != kServerAuth || usages[1] != kClientAuth) {
    return broken("a TLS certificate's extended key usage must be serverAuth and clientAuth");
  }
  return check_key(leaf, use);
}

Bytes extension_der(const Certificate& c, int nid) {
  const int at = X509_get_ext_by_NID(c.native(), nid, -1);
  if (at < 0 || X509_get_ext_by_NID(c.native(), nid, at) >= 0) return {};
  return ext::der_of(X509_get_ext(c.native(), at));
}

}  // namespace

Status check_issued(const Certificate& subject, const Certificate& issuer) {
  const bool named = subject.issuer_der() == issuer.subject_der();
  const Digest name = VerifiedSignatures::name_of("certificate", issuer.spki(), subject.der(), {});
  if (named && VerifiedSignatures::shared().contains(name)) return {};
  EVP_PKEY* key = X509_get0_pubkey(issuer.native());
  const bool good = named && key != nullptr && X509_verify(subject.native(), key) == 1;
  ERR_clear_error();
  if (!good) return broken("the certificate " + subject.subject() + " is not signed by " + issuer.subject());
  VerifiedSignatures::shared().insert(name);
  return {};
}

Result<LeafNames> check_leaf(const Certificate& leaf, Use use) {
  if (leaf.dns_names().size() != 1) return fail(Code::CertificateProfile, "a leaf must name exactly one DNS name");
  if (leaf.uris().size() != 1) return fail(Code::CertificateProfile, "a leaf must name exactly one did:web URI");
  if (leaf.other_names() != 0)
    return fail(Code::CertificateProfile, "a leaf must name nothing but a DNS name and a DID");
  const std::string& dns = leaf.dns_names().front();
  if (!is_dns_name(dns)) return fail(Code::CertificateProfile, "the DNS name of a leaf is not in its one plain form");
  if (leaf.uris().front() != did_web(dns))
    return fail(Code::CertificateProfile, "the DID is not did:web of the DNS name");
  if (Status s = check_usage(leaf, use); !s) return fail(s.error());
  if (leaf.not_after() - leaf.not_before() > kMaxLeafLife) {
    return fail(Code::CertificateProfile, "a leaf that lives longer than 398 days");
  }
  if (leaf.organization().empty()) return fail(Code::CertificateProfile, "a leaf must name its organization");
  return LeafNames{dns, did_web(dns), leaf.organization()};
}

Status check_namespace(const Certificate& leaf, const Namespace& space) {
  for (const std::string& dns : leaf.dns_names()) {
    if (std::ranges::none_of(space.dns_suffixes, [&](const std::string& s) { return within_suffix(dns, s); })) {
      return broken("the DNS name " + dns + " is outside the zone's name space");
    }
  }
  if (std::ranges::find(space.countries, leaf.country()) == space.countries.end()) {
    return broken("the country " + leaf.country() + " is not one of the zone's");
  }
  return {};
}

Status check_root(const Certificate& root) {
  if (!root.self_issued() || !root.is_ca()) return broken("a root must be a self-signed CA");
  Result<PublicKey> key = PublicKey::from_spki(root.spki());
  if (!key || key->kind() != KeyKind::P384) return broken("a root key must be ECDSA P-384");
  return check_issued(root, root);
}

Status check_ca(const Certificate& ca, const Certificate& issuer, int path_length) {
  if (!ca.is_ca() || ca.self_issued() || ca.path_length() != path_length) {
    return broken("the CA " + ca.subject() + " has another path length than the profile");
  }
  Result<PublicKey> key = PublicKey::from_spki(ca.spki());
  if (!key || key->kind() != KeyKind::P384) return broken("a CA key must be ECDSA P-384");
  return check_issued(ca, issuer);
}

Status check_cross_certificate(const Certificate& cross, const Certificate& own_cross_ca,
                               const Certificate& foreign_root, const CrossTerms& terms) {
  if (Status s = check_issued(cross, own_cross_ca); !s) return s;
  if (cross.subject_der() != foreign_root.subject_der() || cross.spki() != foreign_root.spki()) {
    return broken("the cross-certificate is not for the foreign root");
  }
  if (cross.not_after() > terms.not_after_limit) return broken("the cross-certificate outlives the recognition");
  if (cross.not_after() - cross.not_before() > std::chrono::hours(24) * (terms.max_days + 1)) {
    return broken("the cross-certificate lives longer than the recognition allows");
  }
  std::vector<std::string> own;
  for (const PolicyPair& pair : terms.mappings) {
    if (std::ranges::find(own, pair.own) == own.end()) own.push_back(pair.own);
  }
  const std::pair<std::string_view, ExtensionPtr> expected[] = {
      {"basic constraints", ext::basic_constraints_ca(1)},
      {"key usage", ext::key_usage("keyCertSign,cRLSign")},
      {"policies", ext::policies(own)},
      {"policy mappings", ext::policy_mappings(terms.mappings)},
      {"policy constraints", ext::policy_constraints()},
      {"inhibit any policy", ext::inhibit_any_policy()},
      {"name constraints", ext::name_constraints(terms.space)},
  };
  for (const auto& [what, extension] : expected) {
    if (!extension) return fail(Code::Internal, "cannot make the extension " + std::string(what));
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension.get()));
    if (extension_der(cross, nid) != ext::der_of(extension.get())) {
      return broken("the cross-certificate's " + std::string(what) + " are not what the recognition says");
    }
  }
  if (X509_get_ext_count(cross.native()) != 9) return broken("the cross-certificate has other extensions");
  return {};
}

}  // namespace sekisho::trust
