#include <algorithm>

#include "trust/pki/extensions.hpp"
#include "trust/pki/issue.hpp"
#include "trust/pki/time.hpp"

namespace sekisho::trust {

namespace {

constexpr auto kBackdate = std::chrono::minutes(10);

using TimePtr = std::unique_ptr<ASN1_TIME, OsslFree<ASN1_TIME_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, OsslFree<ASN1_INTEGER_free>>;
using RevokedPtr = std::unique_ptr<X509_REVOKED, OsslFree<X509_REVOKED_free>>;

bool add_entry(X509_CRL* crl, const RevokedEntry& entry) {
  RevokedPtr revoked(X509_REVOKED_new());
  const BnPtr number(BN_bin2bn(entry.serial.data(), static_cast<int>(entry.serial.size()), nullptr));
  const IntegerPtr serial(number ? BN_to_ASN1_INTEGER(number.get(), nullptr) : nullptr);
  const TimePtr at(ASN1_TIME_set(nullptr, unix_seconds(entry.at)));
  bool ok = revoked && serial && at && X509_REVOKED_set_serialNumber(revoked.get(), serial.get()) == 1 &&
            X509_REVOKED_set_revocationDate(revoked.get(), at.get()) == 1;
  if (entry.reason != 0) {
    const std::unique_ptr<ASN1_ENUMERATED, OsslFree<ASN1_ENUMERATED_free>> reason(ASN1_ENUMERATED_new());
    ok = ok && reason && ASN1_ENUMERATED_set(reason.get(), entry.reason) == 1 &&
         X509_REVOKED_add1_ext_i2d(revoked.get(), NID_crl_reason, reason.get(), 0, 0) == 1;
  }
  if (entry.invalid_since) {
    const TimePtr since(ASN1_GENERALIZEDTIME_set(nullptr, unix_seconds(*entry.invalid_since)));
    ok = ok && since && X509_REVOKED_add1_ext_i2d(revoked.get(), NID_invalidity_date, since.get(), 0, 0) == 1;
  }
  if (!ok || X509_CRL_add0_revoked(crl, revoked.get()) != 1) return false;
  [[maybe_unused]] X509_REVOKED* owned_by_crl = revoked.release();
  return true;
}

}  // namespace

Result<Crl> issue_crl(const CaKey& issuer, std::span<const RevokedEntry> revoked, const CrlTerms& terms) {
  if (issuer.key.kind() != KeyKind::P384) return fail(Code::InvalidArgument, "a CA key must be ECDSA P-384");
  CrlPtr crl(X509_CRL_new());
  const TimePtr from(ASN1_TIME_set(nullptr, unix_seconds(terms.this_update)));
  const TimePtr to(ASN1_TIME_set(nullptr, unix_seconds(terms.next_update)));
  const IntegerPtr number(ASN1_INTEGER_new());
  bool ok = crl && from && to && number && ASN1_INTEGER_set_uint64(number.get(), terms.number) == 1 &&
            X509_CRL_set_version(crl.get(), 1) == 1 &&
            X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.certificate.native())) == 1 &&
            X509_CRL_set1_lastUpdate(crl.get(), from.get()) == 1 && X509_CRL_set1_nextUpdate(crl.get(), to.get()) == 1;
  for (const RevokedEntry& entry : revoked) ok = ok && add_entry(crl.get(), entry);
  const ExtensionPtr aki = ext::authority_key_id(issuer.certificate.native());
  ok = ok && aki && X509_CRL_add_ext(crl.get(), aki.get(), -1) == 1 &&
       X509_CRL_add1_ext_i2d(crl.get(), NID_crl_number, number.get(), 0, 0) == 1 && X509_CRL_sort(crl.get()) == 1;
  if (!ok || X509_CRL_sign(crl.get(), issuer.key.native(), EVP_sha384()) <= 0) {
    return fail(Code::Internal, "cannot issue a CRL: " + ossl_error());
  }
  return Crl::parse(to_der<i2d_X509_CRL>(crl.get()));
}

Instant next_crl_time(Instant now, std::optional<Instant> last_this_update) {
  const Instant back = std::chrono::floor<std::chrono::seconds>(now) - kBackdate;
  if (!last_this_update) return back;
  return std::max(back, *last_this_update + std::chrono::seconds(1));
}

}  // namespace sekisho::trust
