// Storage in memory, for tests and tools: the same contract as the durable one, nothing survives the object.
// Thread-safe. Faults can be planted: the n-th next commit fails, applied or not.
#pragma once

#include <array>
#include <map>
#include <mutex>

#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

class MemoryStorage final : public Storage {
 public:
  [[nodiscard]] Status commit(std::span<const Mutation> batch) override;
  [[nodiscard]] Result<std::optional<Bytes>> get(Family family, BytesView key) const override;
  [[nodiscard]] Status scan(Family family, BytesView from, BytesView prefix, const Each& each) const override;
  [[nodiscard]] Status reopen() override;

  // The commit after `after` more fails with `code`; `present` tells whether reopen() finds it all the same,
  // as after a failed fsync. Until reopen() every further commit fails.
  void fail_commit(std::size_t after, Code code, bool present);
  // Every reopen() fails from now on.
  void fail_reopen() { reopen_fails_ = true; }
  // Calls of get() so far: what an answer cost.
  [[nodiscard]] std::size_t reads() const;

 private:
  using Table = std::map<Bytes, Bytes>;
  void apply(std::span<const Mutation> batch);

  mutable std::mutex mutex_;
  std::array<Table, kFamilies> tables_;
  std::optional<std::size_t> fail_after_;
  Code fail_code_ = Code::Io;
  bool fail_present_ = false;
  bool failed_ = false;
  bool reopen_fails_ = false;
  mutable std::size_t reads_ = 0;
  std::vector<Mutation> indeterminate_;
};

}  // namespace sekisho::node
