#include "trust/pki/issue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/crypto/system_random.hpp"
#include "trust/pki/extensions.hpp"
#include "trust/pki/time.hpp"

namespace sekisho::trust {

namespace {

constexpr auto kBackdate = std::chrono::minutes(10);

Result<NamePtr> make_name(const SubjectName& subject) {
  NamePtr name(X509_NAME_new());
  bool ok = name != nullptr;
  for (const auto& [nid, text] : {std::pair(NID_countryName, &subject.country),
                                  std::pair(NID_organizationName, &subject.organization),
                                  std::pair(NID_commonName, &subject.common_name)}) {
    if (text->empty()) continue;
    ok = ok && X509_NAME_add_entry_by_NID(name.get(), nid, MBSTRING_UTF8,
                                          reinterpret_cast<const unsigned char*>(text->data()),
                                          static_cast<int>(text->size()), -1, 0) == 1;
  }
  if (!ok) {
    return fail(Code::InvalidArgument, "country, organization and name do not make an X.509 name: " + ossl_error());
  }
  return name;
}

bool set_serial(X509* x) {
  SystemRandom random;
  Bytes octets = random.bytes(16);
  octets[0] = static_cast<std::uint8_t>((octets[0] & 0x3f) | 0x40);  // positive, and always 16 octets
  const BnPtr number(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x)) != nullptr;
}

bool set_times(X509* x, Instant from, Instant to) {
  return ASN1_TIME_set(X509_getm_notBefore(x), unix_seconds(from)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(x), unix_seconds(to)) != nullptr;
}

struct Blank {
  const X509_NAME* subject;
  EVP_PKEY* key;
  const Certificate* issuer;  // null: self-signed
  const PrivateKey& issuer_key;
  Instant from, to;
};

Result<Certificate> sign_certificate(const Blank& blank, std::vector<ExtensionPtr> extensions) {
  if (blank.issuer_key.kind() != KeyKind::P384) return fail(Code::InvalidArgument, "a CA key must be ECDSA P-384");
  X509Ptr x(X509_new());
  X509* issuer = blank.issuer == nullptr ? x.get() : blank.issuer->native();
  bool ok = x && X509_set_version(x.get(), 2) == 1 && set_serial(x.get()) && set_times(x.get(), blank.from, blank.to) &&
            X509_set_subject_name(x.get(), blank.subject) == 1 && X509_set_pubkey(x.get(), blank.key) == 1;
  ok = ok && X509_set_issuer_name(x.get(), blank.issuer == nullptr ? blank.subject : X509_get_subject_name(issuer)) == 1;
  extensions.push_back(ext::subject_key_id(x.get()));
  for (const ExtensionPtr& e : extensions) ok = ok && e && X509_add_ext(x.get(), e.get(), -1) == 1;
  // The authority key id of a root is its own subject key id, which must be there first.
  const ExtensionPtr aki = ok ? ext::authority_key_id(issuer) : nullptr;
  ok = ok && aki && X509_add_ext(x.get(), aki.get(), -1) == 1;
  if (!ok || X509_sign(x.get(), blank.issuer_key.native(), EVP_sha384()) <= 0) {
    return fail(Code::Internal, "cannot issue a certificate: " + ossl_error());
  }
  return Certificate::parse(to_der<i2d_X509>(x.get()));
}

std::vector<ExtensionPtr> ca_extensions(int path_length) {
  std::vector<ExtensionPtr> out;
  out.push_back(ext::basic_constraints_ca(path_length));
  out.push_back(ext::key_usage("keyCertSign,cRLSign"));
  return out;
}

Instant end_of(Validity v) { return v.now + std::chrono::hours(24) * v.days; }

}  // namespace

Result<Certificate> issue_root(const SubjectName& name, const PrivateKey& key, Validity validity) {
  Result<NamePtr> subject = make_name(name);
  if (!subject) return fail(subject.error());
  return sign_certificate({subject->get(), key.native(), nullptr, key, validity.now - kBackdate, end_of(validity)},
                          ca_extensions(-1));
}

Result<Certificate> issue_ca(const CaKey& issuer, const SubjectName& name, const PublicKey& key, int path_length,
                             const std::vector<std::string>& policies, Validity validity) {
  Result<NamePtr> subject = make_name(name);
  if (!subject) return fail(subject.error());
  std::vector<ExtensionPtr> extensions = ca_extensions(path_length);
  extensions.push_back(ext::policies(policies));
  return sign_certificate({subject->get(), key.native(), &issuer.certificate, issuer.key, validity.now - kBackdate,
                           std::min(end_of(validity), issuer.certificate.not_after())},
                          std::move(extensions));
}

Result<Certificate> issue_cross_certificate(const CaKey& cross_ca, const Certificate& foreign_root,
                                            const CrossTerms& terms, Instant now) {
  std::vector<ExtensionPtr> extensions = ca_extensions(1);
  std::vector<std::string> own;
  for (const PolicyPair& pair : terms.mappings) {
    if (std::ranges::find(own, pair.own) == own.end()) own.push_back(pair.own);
  }
  extensions.push_back(ext::policies(own));
  extensions.push_back(ext::policy_mappings(terms.mappings));
  extensions.push_back(ext::policy_constraints());
  extensions.push_back(ext::inhibit_any_policy());
  extensions.push_back(ext::name_constraints(terms.space));
  const Instant end = std::min({now + std::chrono::hours(24) * terms.max_days, terms.not_after_limit,
                                cross_ca.certificate.not_after(), foreign_root.not_after()});
  return sign_certificate({X509_get_subject_name(foreign_root.native()), X509_get0_pubkey(foreign_root.native()),
                           &cross_ca.certificate, cross_ca.key, now - kBackdate, end},
                          std::move(extensions));
}

Result<Certificate> issue_leaf(const CaKey& issuer, const LeafRequest& request, const PublicKey& key,
                               Validity validity) {
  const bool fixture = !request.raw_names.empty();
  if (!fixture && !is_dns_name(request.dns)) return fail(Code::InvalidArgument, "not a DNS name: " + request.dns);
  const KeyKind needed = request.use == Use::Statement ? KeyKind::Ed25519 : KeyKind::P256;
  if (key.kind() != needed) {
    return fail(Code::InvalidArgument, fmt::format("a {} certificate needs a key {}", name_of(request.use), name_of(needed)));
  }
  Result<NamePtr> subject = make_name(
      {request.country, request.organization, request.common_name.empty() ? request.dns : request.common_name});
  if (!subject) return fail(subject.error());
  std::vector<ExtensionPtr> extensions;
  extensions.push_back(ext::basic_constraints_leaf());
  extensions.push_back(ext::key_usage("digitalSignature"));
  extensions.push_back(ext::extended_key_usage(
      request.use == Use::Statement ? std::string(kDocumentSigning) : "serverAuth,clientAuth"));
  if (!fixture) {
    extensions.push_back(ext::alternative_names("DNS:" + request.dns + ",URI:" + did_web(request.dns)));
  } else if (request.raw_names.front() != "none") {
    extensions.push_back(ext::alternative_names(fmt::format("{}", fmt::join(request.raw_names, ","))));
  }
  extensions.push_back(ext::policies(std::span(&request.policy, 1)));
  return sign_certificate({subject->get(), key.native(), &issuer.certificate, issuer.key, validity.now - kBackdate,
                           std::min(end_of(validity), issuer.certificate.not_after())},
                          std::move(extensions));
}

}  // namespace sekisho::trust
