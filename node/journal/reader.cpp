#include "node/journal/reader.hpp"

#include "node/journal/entry.hpp"
#include "node/journal/keys.hpp"
#include "node/journal/postings.hpp"
#include "node/journal/recovery.hpp"
#include "node/journal/seal_neighbours.hpp"
#include "node/journal/tree.hpp"
#include "trust/log/proof.hpp"

namespace sekisho::node {

namespace {

Result<std::optional<Position>> point(const Storage& storage, const Bytes& key) {
  Result<std::optional<Bytes>> row = storage.get(Family::Unique, key);
  if (!row) return fail(row.error());
  if (!*row) return std::optional<Position>();
  if ((*row)->size() != 8) return fail(Code::DatabaseDamaged, "an index row has another length");
  return std::optional<Position>(read_be64(**row));
}

}  // namespace

LogReader::LogReader(const Storage& storage, const LogTree& tree) : storage_(storage), tree_(tree) {}

Result<std::uint64_t> LogReader::size(std::uint16_t log) const {
  const Head head = tree_.head();
  if (log == head.log) return head.size;
  if (log > head.log) return fail(Code::NotFound, "there is no log " + std::to_string(log));
  Result<LogInfo> info = load_log_info(storage_, log);
  if (!info) return fail(info.error());
  return info->closed_size.value_or(0);
}

Result<std::vector<LogInfo>> LogReader::logs() const {
  std::vector<LogInfo> out;
  const std::uint16_t current = tree_.head().log;
  for (std::uint32_t log = 0; log <= current; ++log) {
    Result<LogInfo> info = load_log_info(storage_, static_cast<std::uint16_t>(log));
    if (!info) return fail(info.error());
    out.push_back(std::move(*info));
  }
  return out;
}

Result<StoredEntry> LogReader::entry(Position at) const {
  Result<std::uint64_t> end = size(log_of(at));
  if (!end) return fail(end.error());
  const std::string name = "entry " + std::to_string(index_of(at)) + " of log " + std::to_string(log_of(at));
  if (index_of(at) >= *end) return fail(Code::NotFound, "there is no " + name);
  Result<std::optional<Bytes>> row = storage_.get(Family::Entry, keys::entry(at));
  if (!row) return fail(row.error());
  if (!*row) return fail(Code::DatabaseDamaged, name + " is missing");
  Result<pb::Entry> entry = decode_entry(**row);
  if (!entry) return fail(Code::DatabaseDamaged, name + " does not read", entry.error());
  return StoredEntry{at, std::move(**row), std::move(*entry)};
}

Result<std::optional<Position>> LogReader::find(pb::EntryKind kind, const Uuid& exchange, std::string_view peer) const {
  const TokenValue wanted = token(Dimension::Counterparty, peer);
  Result<std::optional<Position>> at = point(storage_, keys::by_exchange(static_cast<int>(kind), exchange, wanted));
  if (!at || *at) return at;
  at = point(storage_, keys::by_exchange(static_cast<int>(kind), exchange));  // written under schema 1
  if (!at || !*at) return at;
  Result<StoredEntry> found = entry(**at);
  if (!found) return fail(found.error());
  if (counterparty(found->entry) != wanted) return std::optional<Position>();
  return at;
}

Result<std::vector<Position>> LogReader::find_all(pb::EntryKind kind, const Uuid& exchange) const {
  std::vector<Position> found;
  Status scanned = storage_.scan(Family::Unique, {}, keys::by_exchange(static_cast<int>(kind), exchange),
                                 [&](BytesView, BytesView value) {
                                   found.push_back(read_be64(value));
                                   return true;
                                 });
  if (!scanned) return fail(scanned.error());
  return found;
}

Result<std::optional<Position>> LogReader::find(pb::EntryKind kind, const Digest& statement) const {
  return point(storage_, keys::by_statement(statement, static_cast<int>(kind)));
}

Result<std::optional<Position>> LogReader::find(const Digest& statement) const {
  std::optional<Position> found;
  Status scanned = storage_.scan(Family::Unique, {}, keys::by_statement(statement), [&](BytesView, BytesView value) {
    found = read_be64(value);
    return false;
  });
  if (!scanned) return fail(scanned.error());
  return found;
}

Status LogReader::postings(Dimension dimension, std::string_view value, Position from, const EachPosition& each) const {
  const auto prefix = keys::posting_prefix(dimension, token(dimension, value));
  Bytes start(prefix.begin(), prefix.end());
  // A chunk that begins before `from` may reach beyond it: a batch has at most 1,024 entries.
  append(start, be64(from > 1024 ? from - 1024 : 0));
  std::optional<Error> damaged;
  Status scanned = storage_.scan(Family::Posting, start, prefix, [&](BytesView key, BytesView row) {
    Result<std::vector<Position>> chunk = parse_postings(key, row);
    if (!chunk) {
      damaged = chunk.error();
      return false;
    }
    for (const Position at : *chunk) {
      if (at >= from && !each(at)) return false;
    }
    return true;
  });
  if (damaged) return fail(std::move(*damaged));
  return scanned;
}

Result<Position> LogReader::first_not_before(std::uint16_t log, Instant at) const {
  Result<std::uint64_t> end = size(log);
  if (!end) return fail(end.error());
  std::uint64_t low = 0;
  std::uint64_t high = *end;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    Result<StoredEntry> probe = entry(make_position(log, middle));
    if (!probe) return fail(probe.error());
    if (probe->entry.time_us() < at.time_since_epoch().count()) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return make_position(log, low);
}

Result<Digest> LogReader::root(std::uint16_t log, std::uint64_t size) const {
  return trust::root_at(size, trust::tile_hash_reader(size, tile_reader(storage_, &tree_, log)));
}

Result<std::vector<Digest>> LogReader::inclusion(Position at, std::uint64_t size) const {
  Result<std::uint64_t> end = this->size(log_of(at));
  if (!end) return fail(end.error());
  if (size > *end || index_of(at) >= size) return fail(Code::NotFound, "the entry is not in a tree of that size");
  return trust::inclusion_proof(size, index_of(at),
                                trust::tile_hash_reader(size, tile_reader(storage_, &tree_, log_of(at))));
}

Result<std::vector<Digest>> LogReader::consistency(std::uint16_t log, std::uint64_t from, std::uint64_t to) const {
  Result<std::uint64_t> end = size(log);
  if (!end) return fail(end.error());
  if (to > *end || from > to) return fail(Code::NotFound, "the log has no trees of these sizes");
  return trust::consistency_proof(from, to, trust::tile_hash_reader(to, tile_reader(storage_, &tree_, log)));
}

Result<trust::Envelope> LogReader::envelope(Position at) const {
  Result<StoredEntry> stored = entry(at);
  if (!stored) return fail(stored.error());
  if (stored->entry.payload().empty()) return fail(Code::NotFound, "the entry carries no statement");
  if (!is_own_statement(stored->entry.kind())) {
    Result<trust::Seal> seal = trust::seal_from_pb(stored->entry.seal(), true);
    if (!seal) return fail(Code::DatabaseDamaged, "a seal in the log does not read", seal.error());
    return trust::Envelope{stored->entry.payload(), std::move(*seal)};
  }
  return rebuild_own_envelope(*this, *stored);
}

Result<std::string> LogReader::tlog_proof(Position at, std::string_view checkpoint) const {
  Result<StoredEntry> stored = entry(at);
  if (!stored) return fail(stored.error());
  Result<trust::Note> note = trust::parse_note(checkpoint);
  if (!note) return fail(note.error());
  Result<trust::Checkpoint> head = trust::parse_checkpoint_text(note->text);
  if (!head) return fail(head.error());
  Result<std::vector<Digest>> path = inclusion(at, head->size);
  if (!path) return fail(path.error());
  return trust::format_proof({std::move(stored->bytes), index_of(at), std::move(*path), std::string(checkpoint)});
}

Result<Bytes> LogReader::tile(std::uint16_t log, unsigned level, std::uint64_t number, unsigned width) const {
  Result<std::uint64_t> end = size(log);
  if (!end) return fail(end.error());
  if (level >= trust::kTileLevels || width == 0 || width > trust::tile_width(*end, level, number)) {
    return fail(Code::NotFound, "the log has no such tile");
  }
  return read_tile(storage_, &tree_, log, {static_cast<int>(level), number, width});
}

}  // namespace sekisho::node
