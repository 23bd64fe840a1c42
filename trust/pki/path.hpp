// The common core of certificate path validation (RFC 5280 6.1, by the recipe of the trust reference 1.3): one store
// of trusted certificates and CRLs per snapshot, never the system's; policies always checked; CRLs for every CA.
//
// A store is immutable after build() and may be used from several threads. Errors of verify():
// CertificateRevoked, SnapshotStale (a CRL is missing or out of date), ZoneNotRecognised (no path to a trusted root),
// CertificateInvalid (everything else; the message names the rule and the depth). Own rules (recognition, leaf profile)
// are added by the callers above.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "trust/pki/certificate.hpp"
#include "trust/pki/crl.hpp"
#include "trust/pki/names.hpp"

struct x509_store_st;

namespace sekisho::trust {

inline constexpr std::size_t kMaxChainCertificates = 6;
inline constexpr std::size_t kMaxChainBytes = 64 * 1024;

struct PathSettings {
  std::vector<std::string> policies;  // user initial policy set, dotted; empty is refused with explicit_policy
  bool explicit_policy = true;
  bool inhibit_mapping = false;  // the initial input; the cross-certificate inhibits onward mapping by itself
  bool inhibit_any = true;
  bool strict = true;
  int depth = 3;           // intermediates: own cross-CA, cross-certificate, foreign issuing CA
  std::optional<Use> use;  // none: no purpose (the test suites' paths)
};

struct VerifiedPath {
  std::vector<Certificate> chain;     // leaf first, own root last
  std::vector<std::string> policies;  // valid ones, in the relying zone's vocabulary
};

class PathStore {
 public:
  // Takes roots and CAs as they are; the caller has checked who they are.
  [[nodiscard]] static Result<PathStore> build(std::span<const Certificate> trusted, std::span<const Crl> crls);

  // chain: leaf first, then whatever the peer sent; at most kMaxChainCertificates and kMaxChainBytes.
  [[nodiscard]] Result<VerifiedPath> verify(std::span<const Certificate> chain, const PathSettings& settings,
                                            Instant at) const;

 private:
  std::shared_ptr<x509_store_st> store_;
  std::vector<Crl> crls_;
};

// Parses a peer's chain within the limits, before any signature work.
[[nodiscard]] Result<std::vector<Certificate>> parse_chain(std::span<const Bytes> chain_der);
// What the leaf binds of a chain as somebody sent it: the leaf, and above each certificate one that issued it. Whatever
// else was sent with them says nothing of the leaf.
[[nodiscard]] std::vector<Certificate> bound_part(std::span<const Certificate> chain);
// The CA issued both the certificate and the list. Names do not say that: two CAs may have one name.
[[nodiscard]] bool speaks_of(const Crl& crl, const Certificate& certificate, const Certificate& ca);
// SHA-256 over the certificates' digests in order: the key of a cached verdict.
[[nodiscard]] Digest chain_digest(std::span<const Bytes> chain_der);

}  // namespace sekisho::trust
