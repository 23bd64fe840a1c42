// Remembers signatures that verified, so that the statements of one batch cost one verification.
//
// The key is SHA-256(public key ‖ signed message ‖ signature); only success is stored; the path of each statement is
// checked every time, because it leads to the signed message. Bounded, least recently used out first. Thread-safe.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "trust/evidence/seal.hpp"

namespace sekisho::trust {

class SealCache {
 public:
  explicit SealCache(std::size_t capacity = 4096) : capacity_(capacity) {}

  // Same verdict as verify_seal.
  [[nodiscard]] Status verify(std::string_view payload, const Seal& seal, const Ed25519PublicKey& key);

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t hits() const;

 private:
  bool touch(const Digest& key);
  void insert(const Digest& key);

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::list<Digest> order_;  // newest first
  std::unordered_map<Digest, std::list<Digest>::iterator, DigestHash> known_;
  std::size_t hits_ = 0;
};

}  // namespace sekisho::trust
