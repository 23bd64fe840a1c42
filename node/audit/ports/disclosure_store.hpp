// The disclosure store: salts that open commitments, apart from the log and erasable (formats.md 1). Erased, the
// proof stands and says nothing. put() is not synced: a salt lost in a crash is asked back from the receiver.
//
// Thread-safe. Implementations: node/storage/rocksdb_disclosures.hpp; MemoryDisclosures here.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho::node {

class DisclosureStore {
 public:
  virtual ~DisclosureStore() = default;
  [[nodiscard]] virtual Status put(const Digest& statement, const Digest& salt) = 0;
  [[nodiscard]] virtual Result<std::optional<Digest>> get(const Digest& statement) const = 0;
  // Returns when the salt is gone from the medium's files.
  [[nodiscard]] virtual Status erase(const Digest& statement) = 0;
};

class MemoryDisclosures final : public DisclosureStore {
 public:
  [[nodiscard]] Status put(const Digest& statement, const Digest& salt) override {
    const std::lock_guard lock(mutex_);
    salts_[statement] = salt;
    return {};
  }
  [[nodiscard]] Result<std::optional<Digest>> get(const Digest& statement) const override {
    const std::lock_guard lock(mutex_);
    const auto found = salts_.find(statement);
    if (found == salts_.end()) return std::optional<Digest>();
    return std::optional<Digest>(found->second);
  }
  [[nodiscard]] Status erase(const Digest& statement) override {
    const std::lock_guard lock(mutex_);
    salts_.erase(statement);
    return {};
  }

 private:
  mutable std::mutex mutex_;
  std::map<Digest, Digest> salts_;
};

}  // namespace sekisho::node
