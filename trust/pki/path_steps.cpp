#include "trust/pki/path_steps.hpp"

#include <algorithm>

#include "trust/keys/ossl.hpp"
#include "trust/pki/profile.hpp"

namespace sekisho::trust {

namespace {

// From the first until before the second, as OpenSSL compares.
bool in_time(const ASN1_TIME* from, const ASN1_TIME* until, X509_STORE_CTX* context) {
  std::time_t at = X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(context));
  return from != nullptr && until != nullptr && X509_cmp_time(from, &at) < 0 && X509_cmp_time(until, &at) > 0;
}

Result<Certificate> certificate_of(X509* x) { return Certificate::parse(to_der<i2d_X509>(x)); }

// Each certificate within its time and signed by the next; the last is the trusted root.
bool links_verify(X509_STORE_CTX* context) {
  const STACK_OF(X509)* path = X509_STORE_CTX_get0_chain(context);
  std::optional<Certificate> subject;
  for (int i = 0; i < sk_X509_num(path); ++i) {
    X509* x = sk_X509_value(path, i);
    Result<Certificate> issuer = certificate_of(x);
    if (!in_time(X509_get0_notBefore(x), X509_get0_notAfter(x), context) || !issuer) return false;
    if (subject && !check_issued(*subject, *issuer)) return false;
    subject = std::move(*issuer);
  }
  return subject && subject->self_issued();
}

// Neither of a part of the certificates nor the changes of another.
bool is_whole(const X509_CRL* list) {
  return X509_CRL_get_ext_by_NID(list, NID_issuing_distribution_point, -1) < 0 &&
         X509_CRL_get_ext_by_NID(list, NID_delta_crl, -1) < 0;
}

using StorePtr = std::unique_ptr<X509_STORE, OsslFree<X509_STORE_free>>;
using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, OsslFree<X509_STORE_CTX_free>>;

// OpenSSL's own; only a context of a store that was left alone tells it.
X509_STORE_CTX_check_crl_fn own_check_list() {
  const StorePtr store(X509_STORE_new());
  const StoreCtxPtr context(X509_STORE_CTX_new());
  if (!store || !context || X509_STORE_CTX_init(context.get(), store.get(), nullptr, nullptr) != 1) return nullptr;
  return X509_STORE_CTX_get_check_crl(context.get());
}

// Null in the context that OpenSSL itself makes for the path of another list's issuer.
const PathSteps* steps_of(X509_STORE_CTX* context) {
  return static_cast<const PathSteps*>(X509_STORE_CTX_get_app_data(context));
}

}  // namespace

void PathSteps::install(X509_STORE* store) { X509_STORE_set_check_crl(store, check_list); }

PathSteps::PathSteps(X509_STORE_CTX* context, std::span<const Crl> lists)
    : own_verify_links_(X509_STORE_CTX_get_verify(context)), lists_(lists) {
  if (X509_STORE_CTX_set_app_data(context, this) == 1) X509_STORE_CTX_set_verify(context, verify_links);
}

int PathSteps::verify_links(X509_STORE_CTX* context) {
  return links_verify(context) ? 1 : steps_of(context)->own_verify_links_(context);
}

int PathSteps::check_list(X509_STORE_CTX* context, X509_CRL* list) {
  static const X509_STORE_CTX_check_crl_fn own_step = own_check_list();
  const PathSteps* steps = steps_of(context);
  if (steps != nullptr && steps->list_verifies(context, list)) return 1;
  return own_step != nullptr ? own_step(context, list) : 0;
}

// A whole list, within its time, that the next certificate of the path may sign and did.
bool PathSteps::list_verifies(X509_STORE_CTX* context, X509_CRL* list) const {
  const STACK_OF(X509)* path = X509_STORE_CTX_get0_chain(context);
  X509* issuer = sk_X509_value(path, std::min(X509_STORE_CTX_get_error_depth(context) + 1, sk_X509_num(path) - 1));
  const auto known = std::ranges::find(lists_, list, &Crl::native);
  if (known == lists_.end() || X509_STORE_CTX_get0_current_issuer(context) != issuer || !is_whole(list)) return false;
  if ((X509_get_key_usage(issuer) & KU_CRL_SIGN) == 0) return false;
  if (!in_time(X509_CRL_get0_lastUpdate(list), X509_CRL_get0_nextUpdate(list), context)) return false;
  const Result<Certificate> ca = certificate_of(issuer);
  return ca && known->signed_by(*ca);
}

}  // namespace sekisho::trust
