// One certificate revocation list (RFC 5280 5), parsed strictly from DER, at most 1 MiB.
// Immutable; copies share one parsed object; safe across threads. Errors: CertificateInvalid.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "trust/pki/certificate.hpp"

struct X509_crl_st;

namespace sekisho::trust {

inline constexpr std::size_t kMaxCrlBytes = 1 << 20;

struct Revocation {
  Instant at;                            // revocation date
  std::optional<Instant> invalid_since;  // invalidity date, where the issuer knows one
  int reason = -1;                       // CRLReason; -1 absent
};

class Crl {
 public:
  [[nodiscard]] static Result<Crl> parse(BytesView der);

  [[nodiscard]] const Bytes& der() const { return der_; }
  [[nodiscard]] const Digest& digest() const { return digest_; }
  [[nodiscard]] const Bytes& issuer_der() const { return issuer_der_; }
  [[nodiscard]] std::optional<std::uint64_t> number() const { return number_; }
  [[nodiscard]] Instant this_update() const { return this_update_; }
  [[nodiscard]] std::optional<Instant> next_update() const { return next_update_; }
  // thisUpdate ≤ at ≤ nextUpdate.
  [[nodiscard]] bool covers(Instant at) const;
  [[nodiscard]] std::optional<Revocation> revocation(const Certificate& certificate) const;
  // SignatureInvalid unless the key of this CA signed the list.
  [[nodiscard]] Status signed_by(const Certificate& ca) const;
  [[nodiscard]] X509_crl_st* native() const { return crl_.get(); }

 private:
  std::shared_ptr<X509_crl_st> crl_;
  Bytes der_, issuer_der_;
  Digest digest_{};
  std::optional<std::uint64_t> number_;
  Instant this_update_;
  std::optional<Instant> next_update_;
};

}  // namespace sekisho::trust
