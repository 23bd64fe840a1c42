// What the product's own certificates look like, checked beyond RFC 5280: OpenSSL ignores SAN types that no name
// constraint lists, so the leaf profile is the rule that closes them. Pure functions.
// Errors: CertificateProfile, naming the rule.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/core/result.hpp"
#include "trust/pki/certificate.hpp"
#include "trust/pki/names.hpp"

namespace sekisho::trust {

struct LeafNames {
  std::string dns;
  std::string did;
  std::string organization;
};

// Exactly one DNS name, exactly one URI did:web:<that name>, no other SAN; digitalSignature only; extended key usage
// exactly {serverAuth, clientAuth} on P-256 or Ed25519 for TLS, exactly {documentSigning} on Ed25519 for statements;
// not a CA; lifetime ≤ 398 days.
[[nodiscard]] Result<LeafNames> check_leaf(const Certificate& leaf, Use use);

// What a zone may name: the leaf's DNS name must lie in one of the suffixes, its country among the countries.
struct Namespace {
  std::vector<std::string> dns_suffixes;
  std::vector<std::string> countries;
};
[[nodiscard]] Status check_namespace(const Certificate& leaf, const Namespace& space);

// The issuer's key signed the certificate; nothing about time or status.
[[nodiscard]] Status check_issued(const Certificate& certificate, const Certificate& issuer);
// Self-signed P-384 CA that verifies under its own key.
[[nodiscard]] Status check_root(const Certificate& root);
// A CA below the root with the path length, signed by it.
[[nodiscard]] Status check_ca(const Certificate& ca, const Certificate& issuer, int path_length);

struct PolicyPair {
  std::string own, foreign;
  auto operator<=>(const PolicyPair&) const = default;
};
struct CrossTerms {
  std::vector<PolicyPair> mappings;  // own OID ↔ foreign OID
  Namespace space;                   // of the certified zone
  Instant not_after_limit;           // the recognition's end
  int max_days = 366;
};
// The profile of a cross-certificate (trust reference 6.3): subject and key are the foreign root's, issuer the own
// cross-CA; every constraint present, critical, and exactly what the terms say.
[[nodiscard]] Status check_cross_certificate(const Certificate& cross, const Certificate& own_cross_ca,
                                             const Certificate& foreign_root, const CrossTerms& terms);

}  // namespace sekisho::trust
