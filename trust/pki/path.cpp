#include "trust/pki/path.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/crypto/digest.hpp"
#include "trust/keys/ossl.hpp"
#include "trust/keys/private_key.hpp"
#include "trust/pki/path_steps.hpp"
#include "trust/pki/profile.hpp"
#include "trust/pki/time.hpp"

namespace sekisho::trust {

namespace {

using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, OsslFree<X509_STORE_CTX_free>>;

void free_references(STACK_OF(X509) * stack) { sk_X509_free(stack); }
using StackPtr = std::unique_ptr<STACK_OF(X509), OsslFree<free_references>>;

void free_crl_references(STACK_OF(X509_CRL) * stack) { sk_X509_CRL_free(stack); }
using CrlStackPtr = std::unique_ptr<STACK_OF(X509_CRL), OsslFree<free_crl_references>>;

unsigned long flags_of(const PathSettings& s) {
  unsigned long flags = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL  // leaf and every CA
                        | X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS | X509_V_FLAG_POLICY_CHECK;
  if (s.explicit_policy) flags |= X509_V_FLAG_EXPLICIT_POLICY;
  if (s.inhibit_mapping) flags |= X509_V_FLAG_INHIBIT_MAP;
  if (s.inhibit_any) flags |= X509_V_FLAG_INHIBIT_ANY;
  if (s.strict) flags |= X509_V_FLAG_X509_STRICT;
  return flags;
}

// OpenSSL knows no purpose for document signing; the leaf profile checks that usage exactly.
int purpose_of(Use use) {
  switch (use) {
    case Use::TlsClient: return X509_PURPOSE_SSL_CLIENT;
    case Use::TlsServer: return X509_PURPOSE_SSL_SERVER;
    case Use::Statement: return X509_PURPOSE_ANY;
  }
  return X509_PURPOSE_ANY;
}

Status apply(X509_VERIFY_PARAM* param, const PathSettings& s, Instant at) {
  bool ok = X509_VERIFY_PARAM_set_flags(param, flags_of(s)) == 1;
  X509_VERIFY_PARAM_set_time(param, unix_seconds(at));
  X509_VERIFY_PARAM_set_depth(param, s.depth);
  if (s.use) ok = ok && X509_VERIFY_PARAM_set_purpose(param, purpose_of(*s.use)) == 1;
  for (const std::string& oid : s.policies) {
    ASN1_OBJECT* object = OBJ_txt2obj(oid.c_str(), 1);
    if (object == nullptr) return fail(Code::Internal, "not an OID: " + oid);
    if (X509_VERIFY_PARAM_add0_policy(param, object) != 1) {
      ASN1_OBJECT_free(object);
      ok = false;
    }
  }
  if (!ok) return fail(Code::Internal, "cannot set up path validation: " + ossl_error());
  return {};
}

Code code_of(int error) {
  switch (error) {
    case X509_V_ERR_CERT_REVOKED: return Code::CertificateRevoked;
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_UNABLE_TO_GET_CRL: return Code::SnapshotStale;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return Code::ZoneNotRecognised;
    default: return Code::CertificateInvalid;
  }
}

std::string oid_text(const ASN1_OBJECT* object) {
  char text[128] = {};
  return OBJ_obj2txt(text, sizeof text, object, 1) > 0 ? text : "";
}

}  // namespace

Result<PathStore> PathStore::build(std::span<const Certificate> trusted, std::span<const Crl> crls) {
  PathStore out;
  out.store_ = std::shared_ptr<x509_store_st>(X509_STORE_new(), X509_STORE_free);
  bool ok = out.store_ != nullptr;
  for (const Certificate& c : trusted) ok = ok && X509_STORE_add_cert(out.store_.get(), c.native()) == 1;
  out.crls_.assign(crls.begin(), crls.end());
  if (!ok) return fail(Code::Internal, "cannot build a certificate store: " + ossl_error());
  PathSteps::install(out.store_.get());
  return out;
}

Result<VerifiedPath> PathStore::verify(std::span<const Certificate> chain, const PathSettings& settings,
                                       Instant at) const {
  if (chain.empty()) return fail(Code::CertificateInvalid, "no certificate");
  if (settings.explicit_policy && settings.policies.empty()) {
    return fail(Code::Internal, "path validation without a policy set");
  }
  StackPtr untrusted(sk_X509_new_null());
  // Given to the context, not the store: a store finds a list only under the name of the certificate's own issuer.
  CrlStackPtr lists(sk_X509_CRL_new_null());
  StoreCtxPtr context(X509_STORE_CTX_new());
  bool ok = untrusted && lists && context;
  for (const Crl& crl : crls_) ok = ok && sk_X509_CRL_push(lists.get(), crl.native()) > 0;
  for (std::size_t i = 1; ok && i < chain.size(); ++i) ok = sk_X509_push(untrusted.get(), chain[i].native()) > 0;
  ERR_clear_error();
  if (!ok || X509_STORE_CTX_init(context.get(), store_.get(), chain[0].native(), untrusted.get()) != 1) {
    return fail(Code::Internal, "cannot begin path validation: " + ossl_error());
  }
  X509_STORE_CTX_set0_crls(context.get(), lists.get());
  const PathSteps steps(context.get(), crls_);
  if (Status s = apply(X509_STORE_CTX_get0_param(context.get()), settings, at); !s) return fail(s.error());
  const int verdict = X509_verify_cert(context.get());
  ERR_clear_error();
  if (verdict != 1) {
    const int error = X509_STORE_CTX_get_error(context.get());
    return fail(code_of(error), fmt::format("{} (rule {}, depth {})", X509_verify_cert_error_string(error), error,
                                            X509_STORE_CTX_get_error_depth(context.get())));
  }
  VerifiedPath out;
  const STACK_OF(X509)* path = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(path); ++i) {
    Result<Certificate> c = Certificate::parse(to_der<i2d_X509>(sk_X509_value(path, i)));
    if (!c) return fail(c.error());
    out.chain.push_back(std::move(*c));
  }
  if (X509_POLICY_TREE* tree = X509_STORE_CTX_get0_policy_tree(context.get()); tree != nullptr) {
    const STACK_OF(X509_POLICY_NODE)* nodes = X509_policy_tree_get0_user_policies(tree);
    for (int i = 0; nodes != nullptr && i < sk_X509_POLICY_NODE_num(nodes); ++i) {
      out.policies.push_back(oid_text(X509_policy_node_get0_policy(sk_X509_POLICY_NODE_value(nodes, i))));
    }
  }
  return out;
}

Result<std::vector<Certificate>> parse_chain(std::span<const Bytes> chain_der) {
  if (chain_der.empty()) return fail(Code::CertificateInvalid, "no certificate was presented");
  if (chain_der.size() > kMaxChainCertificates)
    return fail(Code::CertificateInvalid, "a chain of more than 6 certificates");
  std::size_t total = 0;
  for (const Bytes& der : chain_der) total += der.size();
  if (total > kMaxChainBytes) return fail(Code::CertificateInvalid, "a chain over 64 KiB");
  std::vector<Certificate> out;
  for (const Bytes& der : chain_der) {
    Result<Certificate> c = Certificate::parse(der);
    if (!c) return fail(c.error());
    if (!c->positive_serial()) return fail(Code::CertificateProfile, "a serial number that is not positive");
    const int nid = c->signature_nid();
    if (nid != NID_ecdsa_with_SHA384 && nid != NID_ecdsa_with_SHA256 && nid != NID_ED25519) {
      return fail(Code::CertificateProfile, "a certificate signed with an algorithm that is not accepted");
    }
    if (Result<PublicKey> key = PublicKey::from_spki(c->spki()); !key) {
      return fail(Code::CertificateProfile, "a certificate for a key that is not accepted", key.error());
    }
    out.push_back(std::move(*c));
  }
  return out;
}

std::vector<Certificate> bound_part(std::span<const Certificate> chain) {
  std::vector<Certificate> out;
  if (chain.empty()) return out;
  out.push_back(chain.front());
  // A path has no certificate twice, so it ends, also where CAs issued each other.
  while (out.size() < chain.size()) {
    const auto issuer = std::ranges::find_if(chain, [&](const Certificate& c) {
      const bool known = std::ranges::any_of(out, [&](const Certificate& o) { return o.digest() == c.digest(); });
      return !known && check_issued(out.back(), c).has_value();
    });
    if (issuer == chain.end()) break;
    out.push_back(*issuer);
  }
  return out;
}

bool speaks_of(const Crl& crl, const Certificate& certificate, const Certificate& ca) {
  return certificate.issuer_der() == ca.subject_der() && crl.signed_by(ca).has_value() &&
         check_issued(certificate, ca).has_value();
}

Digest chain_digest(std::span<const Bytes> chain_der) {
  Sha256 all;
  for (const Bytes& der : chain_der) all.update(sha256(der));
  return all.finish();
}

}  // namespace sekisho::trust
