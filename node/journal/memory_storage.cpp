#include "node/journal/memory_storage.hpp"

#include <algorithm>

namespace sekisho::node {

namespace {

std::size_t slot(Family family) { return static_cast<std::size_t>(family); }

bool begins_with(BytesView text, BytesView prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin());
}

}  // namespace

void MemoryStorage::apply(std::span<const Mutation> batch) {
  for (const Mutation& m : batch) {
    Table& table = tables_[slot(m.family)];
    if (m.value) {
      table[m.key] = *m.value;
    } else {
      table.erase(m.key);
    }
  }
}

Status MemoryStorage::commit(std::span<const Mutation> batch) {
  const std::lock_guard lock(mutex_);
  if (failed_) return fail(Code::Io, "the storage failed before; reopen it first");
  if (fail_after_ && (*fail_after_)-- == 0) {
    fail_after_.reset();
    failed_ = true;
    if (fail_present_) indeterminate_.assign(batch.begin(), batch.end());
    return fail(fail_code_, "planted fault");
  }
  apply(batch);
  return {};
}

Result<std::optional<Bytes>> MemoryStorage::get(Family family, BytesView key) const {
  const std::lock_guard lock(mutex_);
  ++reads_;
  const Table& table = tables_[slot(family)];
  const auto found = table.find(to_bytes(key));
  if (found == table.end()) return std::optional<Bytes>();
  return std::optional<Bytes>(found->second);
}

std::size_t MemoryStorage::reads() const {
  const std::lock_guard lock(mutex_);
  return reads_;
}

Status MemoryStorage::scan(Family family, BytesView from, BytesView prefix, const Each& each) const {
  // Copies the range first, so that `each` may call back into the storage and sees one state.
  std::vector<std::pair<Bytes, Bytes>> rows;
  {
    const std::lock_guard lock(mutex_);
    const Table& table = tables_[slot(family)];
    const Bytes start = std::max(to_bytes(from), to_bytes(prefix));
    for (auto row = table.lower_bound(start); row != table.end() && begins_with(row->first, prefix); ++row) {
      rows.push_back(*row);
    }
  }
  for (const auto& [key, value] : rows) {
    if (!each(key, value)) break;
  }
  return {};
}

Status MemoryStorage::reopen() {
  const std::lock_guard lock(mutex_);
  if (reopen_fails_) return fail(Code::Io, "planted fault at reopen");
  failed_ = false;
  apply(indeterminate_);
  indeterminate_.clear();
  return {};
}

void MemoryStorage::fail_commit(std::size_t after, Code code, bool present) {
  const std::lock_guard lock(mutex_);
  fail_after_ = after;
  fail_code_ = code;
  fail_present_ = present;
}

}  // namespace sekisho::node
