// SHA-256 (FIPS 180-4), HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869).
//
// The free functions use one context per thread and may be called from everywhere; no call takes a lock.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>

#include "base/core/bytes.hpp"

namespace sekisho {

[[nodiscard]] Digest sha256(BytesView data);
// Of the parts one after the other, without joining them.
[[nodiscard]] Digest sha256(std::initializer_list<BytesView> parts);

// For content that comes in pieces. One thread at a time. After finish() it starts anew.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void update(BytesView data);
  [[nodiscard]] Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

[[nodiscard]] Digest hmac_sha256_digest(BytesView key, BytesView data);
[[nodiscard]] Bytes hmac_sha256(BytesView key, BytesView data);

// One key for many short messages: its two blocks are hashed once. Immutable after construction; shared by threads.
class HmacSha256 {
 public:
  explicit HmacSha256(BytesView key);
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;
  ~HmacSha256();
  [[nodiscard]] Digest digest(BytesView data) const;

 private:
  struct States;
  std::unique_ptr<const States> states_;
};

// n octets, at most 255 · 32 (aborts beyond: a constant of the caller is wrong).
[[nodiscard]] Bytes hkdf_sha256(BytesView key, BytesView salt, BytesView info, std::size_t n);

}  // namespace sekisho
