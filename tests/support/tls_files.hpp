// Certificates made when the test runs: an authority and leaves under it, P-256, for TLS tests only. They follow no
// profile of the project; tests of the trust rules have their own.
#pragma once

#include <memory>
#include <string>

#include "base/http/tls.hpp"

namespace sekisho::test {

class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name);
  ~TestAuthority();

  [[nodiscard]] const std::string& certificate_pem() const { return pem_; }
  // subjectAltName: dns names, or IP literals where they look like one.
  [[nodiscard]] http::TlsIdentity issue(const std::string& name) const;

 private:
  struct Material;
  std::unique_ptr<Material> material_;
  std::string pem_;
};

}  // namespace sekisho::test
