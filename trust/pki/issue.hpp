// Issues certificates and CRLs by the profiles of a zone. Every certificate begins ten minutes back (formats.md 9),
// has a random serial of 16 octets, SKI and AKI. Errors: Internal when OpenSSL refuses; InvalidArgument for names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "trust/keys/private_key.hpp"
#include "trust/pki/certificate.hpp"
#include "trust/pki/crl.hpp"
#include "trust/pki/profile.hpp"

namespace sekisho::trust {

struct SubjectName {
  std::string country, organization, common_name;  // in this order in the name
};

struct CaKey {
  const Certificate& certificate;
  const PrivateKey& key;
};

struct Validity {
  Instant now;   // notBefore is ten minutes earlier
  int days = 0;
};

[[nodiscard]] Result<Certificate> issue_root(const SubjectName& name, const PrivateKey& key, Validity validity);

// path_length 2: the cross-CA; 0: an issuing CA.
[[nodiscard]] Result<Certificate> issue_ca(const CaKey& issuer, const SubjectName& name, const PublicKey& key,
                                           int path_length, const std::vector<std::string>& policies,
                                           Validity validity);

[[nodiscard]] Result<Certificate> issue_cross_certificate(const CaKey& cross_ca, const Certificate& foreign_root,
                                                          const CrossTerms& terms, Instant now);

struct LeafRequest {
  std::string dns, organization, country;
  Use use = Use::TlsServer;        // TlsClient and TlsServer issue the same certificate, good for both
  std::string policy;              // one OID of the issuing zone
  // Deviations for attack fixtures only; empty in the product.
  std::vector<std::string> raw_names;  // replaces the SAN: OpenSSL's "DNS:x", "URI:x", "IP:x", "email:x", "RID:x", "none"
  std::string common_name;             // default: the DNS name
};
[[nodiscard]] Result<Certificate> issue_leaf(const CaKey& issuer, const LeafRequest& request, const PublicKey& key,
                                             Validity validity);

struct RevokedEntry {
  Bytes serial;
  Instant at;
  std::optional<Instant> invalid_since;
  int reason = 0;  // CRLReason; 0 unspecified (not written), 1 keyCompromise, 4 superseded, 5 cessationOfOperation
};
struct CrlTerms {
  std::uint64_t number = 1;
  Instant this_update;
  Instant next_update;
};
[[nodiscard]] Result<Crl> issue_crl(const CaKey& issuer, std::span<const RevokedEntry> revoked, const CrlTerms& terms);

// thisUpdate ten minutes back, but at least one second after the last list of the issuer: two lists of one second
// would leave the choice to the reader.
[[nodiscard]] Instant next_crl_time(Instant now, std::optional<Instant> last_this_update);

}  // namespace sekisho::trust
