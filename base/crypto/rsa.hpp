// RSA keys for the one thing that others ask of us: JWTs with RS384 (RSASSA-PKCS1-v1_5 with SHA-384, RFC 7518 section
// 3.3), as SMART's backend services do. Nothing of our own is signed with RSA.
//
// 2,048 to 8,192 bits. Immutable, cheap to copy, usable from several threads. Errors: Code::KeyFile.
#pragma once

#include <memory>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

struct evp_pkey_st;

namespace sekisho {

class RsaPublicKey {
 public:
  [[nodiscard]] static Result<RsaPublicKey> from_pem(std::string_view pem);  // PUBLIC KEY
  // False for every fault.
  [[nodiscard]] bool verify_rs384(BytesView message, BytesView signature) const;

 private:
  explicit RsaPublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

class RsaPrivateKey {
 public:
  // PKCS #8 ("PRIVATE KEY"), not encrypted; exactly one key and nothing else.
  [[nodiscard]] static Result<RsaPrivateKey> from_pem(std::string_view pem);
  [[nodiscard]] Bytes sign_rs384(BytesView message) const;

 private:
  explicit RsaPrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace sekisho
