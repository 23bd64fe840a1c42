// One X.509 certificate (RFC 5280), parsed strictly from DER: v3, serial of at most 20 octets, at most 16 KiB, at most
// 16 policies and 16 mappings, 64 name constraints, no trailing octets, no unknown critical extension.
// Algorithms and signs are the profile's matter (parse_chain in path.hpp).
//
// Immutable; copies share one parsed object; safe across threads. Errors: CertificateInvalid.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/result.hpp"

struct x509_st;

namespace sekisho::trust {

inline constexpr std::size_t kMaxCertificateBytes = 16 * 1024;
inline constexpr std::size_t kMaxPolicies = 16;

class Certificate {
 public:
  [[nodiscard]] static Result<Certificate> parse(BytesView der);

  [[nodiscard]] const Bytes& der() const { return fields_->der; }
  [[nodiscard]] const Digest& digest() const { return fields_->digest; }          // SHA-256 of the DER
  [[nodiscard]] const Bytes& spki() const { return fields_->spki; }
  [[nodiscard]] const Digest& key_digest() const { return fields_->key_digest; }  // SHA-256 of the SPKI
  [[nodiscard]] const Bytes& serial() const { return fields_->serial; }
  [[nodiscard]] const Bytes& subject_der() const { return fields_->subject_der; }
  [[nodiscard]] const Bytes& issuer_der() const { return fields_->issuer_der; }
  [[nodiscard]] const std::string& subject() const { return fields_->subject; }   // RFC 2253 text, for people
  [[nodiscard]] const std::string& common_name() const { return fields_->common_name; }
  [[nodiscard]] const std::string& organization() const { return fields_->organization; }
  [[nodiscard]] const std::string& country() const { return fields_->country; }
  [[nodiscard]] Instant not_before() const { return fields_->not_before; }
  [[nodiscard]] Instant not_after() const { return fields_->not_after; }
  [[nodiscard]] bool is_ca() const { return fields_->ca; }
  [[nodiscard]] int path_length() const { return fields_->path_length; }          // -1: none
  [[nodiscard]] bool self_issued() const { return fields_->subject_der == fields_->issuer_der; }
  // Subject alternative names by type; other_names counts every type but DNS and URI.
  [[nodiscard]] const std::vector<std::string>& dns_names() const { return fields_->dns_names; }
  [[nodiscard]] const std::vector<std::string>& uris() const { return fields_->uris; }
  [[nodiscard]] std::size_t other_names() const { return fields_->other_names; }
  [[nodiscard]] const std::vector<std::string>& policies() const { return fields_->policies; }  // dotted OIDs
  // Policy mappings: issuer's OID, subject's OID.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& mappings() const { return fields_->mappings; }
  [[nodiscard]] bool positive_serial() const { return fields_->positive_serial; }
  [[nodiscard]] int signature_nid() const { return fields_->signature_nid; }  // OpenSSL's number
  [[nodiscard]] bool has_name_constraints() const { return fields_->constrained; }
  [[nodiscard]] const std::vector<std::string>& extended_usages() const { return fields_->extended_usages; }
  [[nodiscard]] std::uint32_t key_usage() const { return fields_->key_usage; }     // OpenSSL's KU_ bits; 0: absent
  [[nodiscard]] x509_st* native() const { return x509_.get(); }

 private:
  struct Fields {
    Bytes der, spki, serial, subject_der, issuer_der;
    Digest digest{}, key_digest{};
    std::string subject, common_name, organization, country;
    Instant not_before, not_after;
    bool ca = false;
    int path_length = -1;
    std::vector<std::string> dns_names, uris, policies, extended_usages;
    std::vector<std::pair<std::string, std::string>> mappings;
    bool constrained = false, positive_serial = false;
    int signature_nid = 0;
    std::size_t other_names = 0;
    std::uint32_t key_usage = 0;
  };
  friend struct CertificateReader;
  std::shared_ptr<x509_st> x509_;
  std::shared_ptr<const Fields> fields_;
};

// PEM of a chain in the given order, as TLS contexts take it; and back.
[[nodiscard]] std::string to_pem(std::span<const Certificate> chain);
[[nodiscard]] Result<std::vector<Bytes>> chain_from_pem(std::string_view pem);

}  // namespace sekisho::trust
