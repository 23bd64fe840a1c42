// Remembers signatures that verified: descriptors, recognitions and revocation lists stand in every snapshot, and an
// ECDSA P-384 verification costs about a millisecond.
//
// An entry is SHA-256(what ‖ key ‖ length ‖ message ‖ signature), so it says nothing but that this very verification
// succeeded, which does not change. Only success is stored. Bounded: a full table is emptied. Thread-safe.
#pragma once

#include <cstddef>
#include <mutex>
#include <string_view>
#include <unordered_set>

#include "base/core/bytes.hpp"

namespace sekisho::trust {

class VerifiedSignatures {
 public:
  explicit VerifiedSignatures(std::size_t capacity = 8192) : capacity_(capacity) {}

  // The process's own.
  [[nodiscard]] static VerifiedSignatures& shared();

  [[nodiscard]] static Digest name_of(std::string_view what, BytesView key, BytesView message, BytesView signature);
  [[nodiscard]] bool contains(const Digest& name) const;
  void insert(const Digest& name);
  [[nodiscard]] std::size_t size() const;

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::unordered_set<Digest, DigestHash> known_;
};

}  // namespace sekisho::trust
