// The two steps of X509_verify_cert that verify signatures, with those that verified before remembered: the paths of a
// zone share most of their certificates and lists. Only the plain case is decided here; in every other one OpenSSL's
// own step decides, and names the fault. For trust/pki only.
#pragma once

#include <openssl/x509_vfy.h>

#include <span>

#include "trust/pki/crl.hpp"

namespace sekisho::trust {

class PathSteps {
 public:
  // Once for each store, before it is used.
  static void install(X509_STORE* store);

  // Into an initialised context of such a store, for its one verification; `lists` are those that it was given.
  PathSteps(X509_STORE_CTX* context, std::span<const Crl> lists);
  PathSteps(const PathSteps&) = delete;
  PathSteps& operator=(const PathSteps&) = delete;

 private:
  static int verify_links(X509_STORE_CTX* context);
  static int check_list(X509_STORE_CTX* context, X509_CRL* list);
  [[nodiscard]] bool list_verifies(X509_STORE_CTX* context, X509_CRL* list) const;

  const X509_STORE_CTX_verify_fn own_verify_links_;
  const std::span<const Crl> lists_;
};

}  // namespace sekisho::trust
