#include "tests/support/tls_files.hpp"

#include <cctype>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace sekisho::test {
namespace {

struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Buffer = std::unique_ptr<BIO, Free>;

void must(bool ok) {
  if (!ok) throw std::runtime_error("a test certificate cannot be made");
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_ctrl(bio, BIO_CTRL_INFO, 0, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const Buffer bio(BIO_new(BIO_s_mem()));
  must(PEM_write_bio_X509(bio.get(), certificate) == 1);
  return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
  const Buffer bio(BIO_new(BIO_s_mem()));
  must(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(bio.get());
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  must(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

Key new_key() { return Key(EVP_EC_gen("P-256")); }

Certificate make(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, bool authority) {
  static long serial = 1;
  Certificate made(X509_new());
  X509* c = made.get();
  must(X509_set_version(c, 2) == 1);
  must(ASN1_INTEGER_set(X509_get_serialNumber(c), serial++) == 1);
  must(X509_gmtime_adj(X509_getm_notBefore(c), -3600) != nullptr &&
       X509_gmtime_adj(X509_getm_notAfter(c), 86400) != nullptr);
  X509_NAME* subject = X509_get_subject_name(c);
  must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()),
                                  -1, -1, 0) == 1);
  must(X509_set_issuer_name(c, issuer == nullptr ? subject : X509_get_subject_name(issuer)) == 1);
  must(X509_set_pubkey(c, key) == 1);
  X509* above = issuer == nullptr ? c : issuer;
  if (authority) {
    extend(c, above, NID_basic_constraints, "critical,CA:TRUE");
    extend(c, above, NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    const bool is_address = std::isdigit(static_cast<unsigned char>(name.front())) != 0;
    extend(c, above, NID_subject_alt_name, (is_address ? "IP:" : "DNS:") + name);
    extend(c, above, NID_key_usage, "critical,digitalSignature");
    extend(c, above, NID_ext_key_usage, "serverAuth,clientAuth");
  }
  must(X509_sign(c, issuer_key, EVP_sha256()) > 0);
  return made;
}

}  // namespace

struct TestAuthority::Material {
  Key key = new_key();
  Certificate certificate;
};

TestAuthority::TestAuthority(const std::string& name) : material_(std::make_unique<Material>()) {
  must(material_->key != nullptr);
  material_->certificate = make(name, material_->key.get(), nullptr, material_->key.get(), true);
  pem_ = pem_of(material_->certificate.get());
}

TestAuthority::~TestAuthority() = default;

http::TlsIdentity TestAuthority::issue(const std::string& name) const {
  const Key key = new_key();
  const auto leaf = make(name, key.get(), material_->certificate.get(), material_->key.get(), false);
  return {pem_of(leaf.get()) + pem_, pem_of(key.get())};
}

}  // namespace sekisho::test
