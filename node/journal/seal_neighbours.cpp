#include "node/journal/seal_neighbours.hpp"

#include <algorithm>

#include "trust/evidence/statement.hpp"

namespace sekisho::node {

namespace {

Error incomplete() { return {Code::DatabaseDamaged, "the batch of a seal is not complete in the log"}; }

// Collects `count` ids of own statements of the same signature, going from `at` (exclusive) by `step`.
Status collect(const LogReader& reader, const StoredEntry& from, int step, std::uint32_t count,
               std::vector<Digest>& out) {
  Position at = from.position;
  std::size_t looked = 0;
  while (out.size() < count) {
    if (++looked > 2 * trust::kMaxBatch || (step < 0 && index_of(at) == 0)) return fail(incomplete());
    at = step < 0 ? at - 1 : at + 1;
    Result<StoredEntry> next = reader.entry(at);
    if (!next) return fail(next.error());
    if (!is_own_statement(next->entry.kind())) continue;
    if (next->entry.seal().signature() != from.entry.seal().signature()) return fail(incomplete());
    out.push_back(trust::statement_id(next->entry.payload()));
  }
  return {};
}

}  // namespace

bool is_own_statement(pb::EntryKind kind) {
  switch (kind) {
    case pb::INTENT:
    case pb::ERASURE:
    case pb::REQUEST_OUT:
    case pb::TERMS_OUT:
    case pb::NRO_OUT:
    case pb::NRR_OUT:
    case pb::REFUSAL_OUT:
    case pb::VOID_OUT:
    case pb::STREAM_OPEN_OUT:
    case pb::STREAM_HEAD_OUT:
    case pb::STREAM_END_OUT:
    case pb::AGREEMENT_OUT:
    case pb::SETTLEMENT_OUT: return true;
    default: return false;
  }
}

Result<trust::Envelope> rebuild_own_envelope(const LogReader& reader, const StoredEntry& stored) {
  Result<trust::Seal> seal = trust::seal_from_pb(stored.entry.seal(), false);
  if (!seal) return fail(Code::DatabaseDamaged, "a seal in the log does not read", seal.error());
  std::vector<Digest> ids;
  Status before = collect(reader, stored, -1, seal->index, ids);
  if (!before) return fail(before.error());
  std::ranges::reverse(ids);
  ids.push_back(trust::statement_id(stored.entry.payload()));
  std::vector<Digest> after;
  Status behind = collect(reader, stored, +1, seal->size - seal->index - 1, after);
  if (!behind) return fail(behind.error());
  ids.insert(ids.end(), after.begin(), after.end());
  seal->path = trust::seal_path(ids, seal->index);
  return trust::Envelope{stored.entry.payload(), std::move(*seal)};
}

}  // namespace sekisho::node
