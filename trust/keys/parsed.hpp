// Remembers what was parsed from octets, by their digest: the certificates and keys of a zone come again with every
// snapshot and chain, and OpenSSL takes as long to decode a key as a third of a P-384 verification.
//
// Only what parsed is kept, and its parts never change. Bounded: a full table is emptied. Thread-safe.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/core/bytes.hpp"

namespace sekisho::trust {

template <class T>
class Parsed {
 public:
  explicit Parsed(std::size_t capacity) : capacity_(capacity) {}

  [[nodiscard]] std::optional<T> find(const Digest& octets) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(octets);
    return found == known_.end() ? std::nullopt : std::optional<T>(found->second);
  }

  void keep(const Digest& octets, const T& value) {
    const std::lock_guard lock(mutex_);
    if (known_.size() >= capacity_) known_.clear();
    known_.insert_or_assign(octets, value);
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return known_.size();
  }

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::unordered_map<Digest, T, DigestHash> known_;
};

}  // namespace sekisho::trust
