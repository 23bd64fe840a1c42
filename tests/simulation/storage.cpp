#include "tests/simulation/storage.hpp"

#include <algorithm>

namespace sekisho::simulation {

Status SimStorage::commit(std::span<const node::Mutation> batch) {
  undo_.clear();
  for (const node::Mutation& m : batch) {
    if (leave_out && leave_out(m)) continue;
    Table& table = tables_[static_cast<std::size_t>(m.family)];
    if (says_durable_early) {
      const auto before = table.find(m.key);
      undo_.push_back({m.family, m.key, before == table.end() ? std::nullopt : std::optional<Bytes>(before->second)});
    }
    if (m.value) {
      table[m.key] = *m.value;
    } else {
      table.erase(m.key);
    }
  }
  if (committed) committed(batch);
  return {};
}

Result<std::optional<Bytes>> SimStorage::get(node::Family family, BytesView key) const {
  const Table& rows = table(family);
  const auto found = rows.find(to_bytes(key));
  return found == rows.end() ? std::optional<Bytes>() : std::optional<Bytes>(found->second);
}

Status SimStorage::scan(node::Family family, BytesView from, BytesView prefix, const Each& each) const {
  const Table& rows = table(family);
  const Bytes start = std::max(to_bytes(from), to_bytes(prefix));
  for (auto row = rows.lower_bound(start); row != rows.end(); ++row) {
    const bool inside =
        row->first.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), row->first.begin());
    if (!inside || !each(row->first, row->second)) break;
  }
  return {};
}

void SimStorage::crash() {
  for (auto m = undo_.rbegin(); m != undo_.rend(); ++m) {
    Table& table = tables_[static_cast<std::size_t>(m->family)];
    if (m->value) {
      table[m->key] = *m->value;
    } else {
      table.erase(m->key);
    }
  }
  undo_.clear();
}

}  // namespace sekisho::simulation
