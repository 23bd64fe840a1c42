#include "trust/pki/crl.hpp"

#include "base/crypto/digest.hpp"
#include "trust/keys/ossl.hpp"
#include "trust/keys/verified.hpp"
#include "trust/pki/time.hpp"

namespace sekisho::trust {

namespace {

std::optional<std::uint64_t> crl_number(const X509_CRL* crl) {
  const std::unique_ptr<ASN1_INTEGER, OsslFree<ASN1_INTEGER_free>> value(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl, NID_crl_number, nullptr, nullptr)));
  std::uint64_t out = 0;
  if (!value || ASN1_INTEGER_get_uint64(&out, value.get()) != 1) return std::nullopt;
  return out;
}

}  // namespace

Result<Crl> Crl::parse(BytesView der) {
  if (der.empty() || der.size() > kMaxCrlBytes)
    return fail(Code::CertificateInvalid, "a CRL of 0 octets or over 1 MiB");
  ERR_clear_error();
  const unsigned char* p = der.data();
  CrlPtr crl(d2i_X509_CRL(nullptr, &p, static_cast<long>(der.size())));
  if (!crl || p != der.data() + der.size()) {
    return fail(Code::CertificateInvalid, "a CRL does not parse: " + ossl_error());
  }
  Crl out;
  out.der_ = to_bytes(der);
  if (to_der<i2d_X509_CRL>(crl.get()) != out.der_) return fail(Code::CertificateInvalid, "a CRL is not DER");
  out.digest_ = sha256(der);
  out.issuer_der_ = to_der<i2d_X509_NAME>(X509_CRL_get_issuer(crl.get()));
  out.number_ = crl_number(crl.get());
  const std::optional<Instant> from = instant_of(X509_CRL_get0_lastUpdate(crl.get()));
  if (!from) return fail(Code::CertificateInvalid, "a CRL without thisUpdate");
  out.this_update_ = *from;
  out.next_update_ = instant_of(X509_CRL_get0_nextUpdate(crl.get()));
  ERR_clear_error();
  out.crl_ = std::shared_ptr<X509_crl_st>(crl.release(), X509_CRL_free);
  return out;
}

bool Crl::covers(Instant at) const { return this_update_ <= at && next_update_ && at <= *next_update_; }

std::optional<Revocation> Crl::revocation(const Certificate& certificate) const {
  if (certificate.issuer_der() != issuer_der_) return std::nullopt;
  X509_REVOKED* entry = nullptr;
  if (X509_CRL_get0_by_cert(crl_.get(), &entry, certificate.native()) != 1) return std::nullopt;
  Revocation out;
  out.at = instant_of(X509_REVOKED_get0_revocationDate(entry)).value_or(Instant{});
  const std::unique_ptr<ASN1_ENUMERATED, OsslFree<ASN1_ENUMERATED_free>> reason(
      static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr)));
  if (reason) out.reason = static_cast<int>(ASN1_ENUMERATED_get(reason.get()));
  const std::unique_ptr<ASN1_GENERALIZEDTIME, OsslFree<ASN1_GENERALIZEDTIME_free>> since(
      static_cast<ASN1_GENERALIZEDTIME*>(X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, nullptr, nullptr)));
  if (since) out.invalid_since = instant_of(since.get());
  ERR_clear_error();
  return out;
}

Status Crl::signed_by(const Certificate& ca) const {
  const Digest name = VerifiedSignatures::name_of("crl", ca.spki(), der_, {});
  if (ca.subject_der() == issuer_der_ && VerifiedSignatures::shared().contains(name)) return {};
  EVP_PKEY* key = X509_get0_pubkey(ca.native());
  if (ca.subject_der() != issuer_der_ || key == nullptr || X509_CRL_verify(crl_.get(), key) != 1) {
    ERR_clear_error();
    return fail(Code::SignatureInvalid, "a CRL is not signed by " + ca.subject());
  }
  VerifiedSignatures::shared().insert(name);
  return {};
}

}  // namespace sekisho::trust
