#include "trust/pki/certificate.hpp"

#include <openssl/pem.h>

#include <algorithm>

#include "base/crypto/digest.hpp"
#include "trust/keys/ossl.hpp"
#include "trust/keys/parsed.hpp"
#include "trust/pki/time.hpp"

namespace sekisho::trust {

namespace {

constexpr std::size_t kKnownCertificates = 256;

std::string text_of(const ASN1_STRING* s) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(s)), static_cast<std::size_t>(ASN1_STRING_length(s))};
}

std::string oid_text(const ASN1_OBJECT* object) {
  char text[128] = {};
  const int n = OBJ_obj2txt(text, sizeof text, object, 1);
  if (n <= 0 || static_cast<std::size_t>(n) >= sizeof text) return {};
  return text;
}

std::string attribute(const X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0) return {};
  unsigned char* utf8 = nullptr;
  const int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (n < 0) return {};
  std::string out(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(n));
  OPENSSL_free(utf8);
  return out;
}

std::string name_text(const X509_NAME* name) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  char* data = nullptr;
  const long n = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(n)};
}

void free_mappings(POLICY_MAPPINGS* list) { sk_POLICY_MAPPING_pop_free(list, POLICY_MAPPING_free); }

// OpenSSL's stacks as owned pointers; null when the extension is absent. crit: -1 absent, -2 more than once.
template <class Stack, auto Free>
std::unique_ptr<Stack, OsslFree<Free>> extension(const X509* x, int nid, int* crit) {
  return std::unique_ptr<Stack, OsslFree<Free>>(static_cast<Stack*>(X509_get_ext_d2i(x, nid, crit, nullptr)));
}

}  // namespace

// Friend of Certificate: fills its fields one group at a time.
struct CertificateReader {
  static Status names(const X509* x, Certificate::Fields& f) {
    f.subject_der = to_der<i2d_X509_NAME>(X509_get_subject_name(x));
    f.issuer_der = to_der<i2d_X509_NAME>(X509_get_issuer_name(x));
    f.subject = name_text(X509_get_subject_name(x));
    f.common_name = attribute(X509_get_subject_name(x), NID_commonName);
    f.organization = attribute(X509_get_subject_name(x), NID_organizationName);
    f.country = attribute(X509_get_subject_name(x), NID_countryName);
    int crit = -1;
    auto alt = extension<GENERAL_NAMES, GENERAL_NAMES_free>(x, NID_subject_alt_name, &crit);
    if (crit == -2 || (crit >= 0 && !alt)) return fail(Code::CertificateInvalid, "a damaged subject alternative name");
    for (int i = 0; alt && i < sk_GENERAL_NAME_num(alt.get()); ++i) {
      const GENERAL_NAME* name = sk_GENERAL_NAME_value(alt.get(), i);
      if (name->type == GEN_DNS) {
        f.dns_names.push_back(text_of(name->d.dNSName));
      } else if (name->type == GEN_URI) {
        f.uris.push_back(text_of(name->d.uniformResourceIdentifier));
      } else {
        ++f.other_names;
      }
    }
    return {};
  }

  static Status policies(const X509* x, Certificate::Fields& f) {
    int crit = -1;
    auto list = extension<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free>(x, NID_certificate_policies, &crit);
    if (crit == -2 || (crit >= 0 && !list)) return fail(Code::CertificateInvalid, "damaged certificate policies");
    const int count = list ? sk_POLICYINFO_num(list.get()) : 0;
    if (count > static_cast<int>(kMaxPolicies)) return fail(Code::CertificateInvalid, "more than 16 policies");
    for (int i = 0; i < count; ++i) f.policies.push_back(oid_text(sk_POLICYINFO_value(list.get(), i)->policyid));
    crit = -1;
    auto mappings = extension<POLICY_MAPPINGS, free_mappings>(x, NID_policy_mappings, &crit);
    if (crit == -2 || (crit >= 0 && !mappings)) return fail(Code::CertificateInvalid, "damaged policy mappings");
    const int mapped = mappings ? sk_POLICY_MAPPING_num(mappings.get()) : 0;
    if (mapped > static_cast<int>(kMaxPolicies)) return fail(Code::CertificateInvalid, "more than 16 policy mappings");
    for (int i = 0; i < mapped; ++i) {
      const POLICY_MAPPING* m = sk_POLICY_MAPPING_value(mappings.get(), i);
      f.mappings.emplace_back(oid_text(m->issuerDomainPolicy), oid_text(m->subjectDomainPolicy));
    }
    return {};
  }

  static Status usages(X509* x, Certificate::Fields& f) {
    const std::uint32_t flags = X509_get_extension_flags(x);  // also makes OpenSSL cache the extensions, once
    if ((flags & EXFLAG_INVALID) != 0) return fail(Code::CertificateInvalid, "a damaged extension");
    if ((flags & EXFLAG_CRITICAL) != 0) return fail(Code::CertificateInvalid, "an unknown critical extension");
    f.ca = (flags & EXFLAG_CA) != 0;
    f.path_length = static_cast<int>(X509_get_pathlen(x));
    f.key_usage = (flags & EXFLAG_KUSAGE) != 0 ? X509_get_key_usage(x) : 0;
    int crit = -1;
    auto list = extension<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>(x, NID_ext_key_usage, &crit);
    if (crit == -2 || (crit >= 0 && !list)) return fail(Code::CertificateInvalid, "a damaged extended key usage");
    for (int i = 0; list && i < sk_ASN1_OBJECT_num(list.get()); ++i) {
      f.extended_usages.push_back(oid_text(sk_ASN1_OBJECT_value(list.get(), i)));
    }
    return {};
  }

  // General name constraints cost time per name below; a flood of them is refused before any signature work.
  static Status constraints(const X509* x, Certificate::Fields& f) {
    int crit = -1;
    auto nc = extension<NAME_CONSTRAINTS, NAME_CONSTRAINTS_free>(x, NID_name_constraints, &crit);
    if (crit == -2 || (crit >= 0 && !nc)) return fail(Code::CertificateInvalid, "damaged name constraints");
    if (!nc) return {};
    const int count = std::max(0, sk_GENERAL_SUBTREE_num(nc->permittedSubtrees)) +
                      std::max(0, sk_GENERAL_SUBTREE_num(nc->excludedSubtrees));
    if (count > 64) return fail(Code::CertificateInvalid, "more than 64 name constraints");
    f.constrained = true;
    return {};
  }

  static Result<Certificate> read(BytesView der) {
    if (der.empty() || der.size() > kMaxCertificateBytes) return fail(Code::CertificateInvalid, "a certificate of 0 or over 16 KiB");
    ERR_clear_error();
    const unsigned char* p = der.data();
    X509Ptr x(d2i_X509(nullptr, &p, static_cast<long>(der.size())));
    if (!x || p != der.data() + der.size()) {
      return fail(Code::CertificateInvalid, "a certificate does not parse: " + ossl_error());
    }
    auto f = std::make_shared<Certificate::Fields>();
    f->der = to_bytes(der);
    if (to_der<i2d_X509>(x.get()) != f->der) return fail(Code::CertificateInvalid, "a certificate is not DER");
    f->digest = sha256(der);
    if (X509_get_version(x.get()) != 2) return fail(Code::CertificateInvalid, "not an X.509 v3 certificate");
    const ASN1_INTEGER* serial = X509_get0_serialNumber(x.get());
    if (ASN1_STRING_length(serial) > 20) return fail(Code::CertificateInvalid, "a serial number over 20 octets");
    f->serial = to_bytes(as_bytes(text_of(serial)));
    f->positive_serial = ASN1_STRING_type(serial) == V_ASN1_INTEGER &&
                         !std::ranges::all_of(f->serial, [](std::uint8_t b) { return b == 0; });
    f->signature_nid = X509_get_signature_nid(x.get());
    f->spki = to_der<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(x.get()));
    f->key_digest = sha256(f->spki);
    const std::optional<Instant> from = instant_of(X509_get0_notBefore(x.get()));
    const std::optional<Instant> to = instant_of(X509_get0_notAfter(x.get()));
    if (!from || !to) return fail(Code::CertificateInvalid, "a validity that is not a time");
    f->not_before = *from;
    f->not_after = *to;
    for (Status (*part)(X509*, Certificate::Fields&) : {
             +[](X509* c, Certificate::Fields& out) { return usages(c, out); },
             +[](X509* c, Certificate::Fields& out) { return names(c, out); },
             +[](X509* c, Certificate::Fields& out) { return policies(c, out); },
             +[](X509* c, Certificate::Fields& out) { return constraints(c, out); }}) {
      if (Status s = part(x.get(), *f); !s) {
        ERR_clear_error();
        return fail(s.error());
      }
    }
    ERR_clear_error();
    Certificate out;
    out.x509_ = std::shared_ptr<x509_st>(x.release(), X509_free);
    out.fields_ = std::move(f);
    return out;
  }
};

Result<Certificate> Certificate::parse(BytesView der) {
  // Never destroyed: OpenSSL may have cleaned up before.
  static auto* const known = new Parsed<Certificate>(kKnownCertificates);
  if (der.size() > kMaxCertificateBytes) return CertificateReader::read(der);
  const Digest digest = sha256(der);
  if (std::optional<Certificate> seen = known->find(digest)) return std::move(*seen);
  Result<Certificate> read = CertificateReader::read(der);
  if (read) known->keep(digest, *read);
  return read;
}

std::string to_pem(std::span<const Certificate> chain) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  for (const Certificate& c : chain) {
    if (!bio || PEM_write_bio_X509(bio.get(), c.native()) != 1) return {};
  }
  char* data = nullptr;
  const long n = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(n)};
}

Result<std::vector<Bytes>> chain_from_pem(std::string_view pem) {
  if (pem.size() > 256 * 1024) return fail(Code::LimitExceeded, "a certificate file over 256 KiB");
  BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<Bytes> out;
  ERR_clear_error();
  while (bio) {
    X509Ptr x(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!x) break;
    if (out.size() == 16) return fail(Code::LimitExceeded, "a file of more than 16 certificates");
    out.push_back(to_der<i2d_X509>(x.get()));
  }
  const unsigned long last = ERR_peek_last_error();
  ERR_clear_error();
  if (out.empty() || ERR_GET_REASON(last) != PEM_R_NO_START_LINE) {
    return fail(Code::CertificateInvalid, "not a PEM file of certificates");
  }
  return out;
}

}  // namespace sekisho::trust
