#include "node/journal/scrub_log.hpp"

#include "node/journal/entry.hpp"
#include "node/journal/seal_neighbours.hpp"
#include "trust/evidence/envelope.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::node {

namespace {

Error damaged(Position at, const std::string& why) {
  return {Code::DatabaseDamaged,
          "entry " + std::to_string(index_of(at)) + " of log " + std::to_string(log_of(at)) + ": " + why};
}

}  // namespace

Status ScrubLog::run(const ScrubOptions& options, bool current, ScrubCounters& counters, PostingSum& postings,
                     ScrubReport& report) {
  for (std::uint64_t index = 0; index < size_; ++index) {
    const Position at = make_position(info_.number, index);
    Result<std::optional<Bytes>> row = storage_.get(Family::Entry, keys::entry(at));
    if (!row) return fail(row.error());
    if (!*row) return fail(damaged(at, "missing"));
    Result<pb::Entry> entry = decode_entry(**row);
    if (!entry) return fail(Code::DatabaseDamaged, damaged(at, "does not read").message, entry.error());
    Status checked = check(*entry, at, options, counters, postings, report);
    if (!checked) return checked;
    const Digest leaf = trust::leaf_hash(**row);
    tree_.append(leaf);
    if (current && options.each_leaf) options.each_leaf(index, leaf);
    Status tiles = compare_tiles(report);
    if (!tiles) return tiles;
  }
  report.entries += size_;
  return close_batch(options, report);
}

Status ScrubLog::check(const pb::Entry& entry, Position at, const ScrubOptions& options, ScrubCounters& counters,
                       PostingSum& postings, ScrubReport& report) {
  const Instant time{std::chrono::microseconds(entry.time_us())};
  if (time <= last_time_) return fail(damaged(at, "its time does not rise"));
  last_time_ = time;
  for (const pb::Token& token : entry.tokens()) {
    TokenValue value{};
    std::memcpy(value.data(), token.value().data(), value.size());
    const auto prefix = keys::posting_prefix(static_cast<Dimension>(token.dimension()), value);
    // The same token twice in one entry is one posting; the writer's own order puts repetitions anywhere, rarely.
    bool repeated = false;
    for (const pb::Token& other : entry.tokens()) {
      if (&other == &token) break;
      repeated = repeated || (other.dimension() == token.dimension() && other.value() == token.value());
    }
    if (!repeated) postings.add(prefix, at);
  }
  Digest id{};
  if (!entry.payload().empty()) {
    id = trust::statement_id(entry.payload());
    const bool own = is_own_statement(entry.kind());
    ++(own ? report.own_statements : report.foreign_statements);
    Status checked = own ? check_own(entry, id, at, counters) : Status();
    if (checked && own) checked = add_to_batch(entry, id, options, report);
    if (!checked) return checked;
  }
  return check_entry_rows(storage_, entry, id, at);
}

Status ScrubLog::check_own(const pb::Entry& entry, const Digest& id, Position at, ScrubCounters& counters) {
  Result<trust::Statement> statement = trust::parse_statement(entry.payload());
  if (!statement) return fail(Code::DatabaseDamaged, damaged(at, "its statement").message, statement.error());
  if (statement->index != index_of(at) || statement->origin != info_.origin) {
    return fail(damaged(at, "its statement names another place in the log"));
  }
  if (statement->time.time_since_epoch().count() != entry.time_us()) {
    return fail(damaged(at, "its statement names another time"));
  }
  if (!statement->agreement) return {};
  const auto last = counters.find(*statement->agreement);
  const bool first = last == counters.end();
  const std::uint64_t expected = first ? 0 : last->second.counter + 1;
  if (statement->counter != expected) return fail(damaged(at, "a gap in the counter of its agreement"));
  if (!first && statement->prev != last->second.id) return fail(damaged(at, "another previous statement"));
  counters[*statement->agreement] = {expected, id};
  return {};
}

Status ScrubLog::add_to_batch(const pb::Entry& entry, const Digest& id, const ScrubOptions& options,
                              ScrubReport& report) {
  if (entry.seal().signature() != batch_.signature) {
    Status closed = close_batch(options, report);
    if (!closed) return closed;
    batch_.signature = entry.seal().signature();
    batch_.size = entry.seal().size();
    batch_.first_payload = entry.payload();
  }
  if (entry.seal().index() != batch_.ids.size() || entry.seal().size() != batch_.size) {
    return fail(Code::DatabaseDamaged, "the seals of a batch do not follow one another");
  }
  batch_.ids.push_back(id);
  return {};
}

Status ScrubLog::close_batch(const ScrubOptions& options, ScrubReport& report) {
  const SealedBatch batch = std::exchange(batch_, SealedBatch{});
  if (batch.ids.empty()) return {};
  if (batch.ids.size() != batch.size) return fail(Code::DatabaseDamaged, "a sealed batch is not complete");
  if (!options.statement_key) return {};
  trust::Seal seal;
  seal.size = batch.size;
  seal.path = trust::seal_path(batch.ids, 0);
  if (batch.signature.size() != seal.signature.size()) return fail(Code::DatabaseDamaged, "a seal of another length");
  std::memcpy(seal.signature.data(), batch.signature.data(), seal.signature.size());
  Status verified = trust::verify_seal(batch.first_payload, seal, *options.statement_key);
  if (!verified) return fail(Code::DatabaseDamaged, "a seal in the log does not verify", verified.error());
  ++report.seals_verified;
  return {};
}

Status ScrubLog::compare_tiles(ScrubReport& report) {
  if (tree_.size() % trust::kTileWidth != 0) return {};
  std::vector<Mutation> rows;
  tree_.drain(rows);
  for (const Mutation& row : rows) {
    if ((row.key[0] & 0x80) != 0) continue;  // edges are overwritten; the newest is checked by recovery
    Result<std::optional<Bytes>> stored = storage_.get(Family::Tile, row.key);
    if (!stored) return fail(stored.error());
    if (!*stored || **stored != *row.value) {
      return fail(Code::DatabaseDamaged, "a tile of level " + std::to_string(row.key[0]) + " is not that of the entries");
    }
    ++report.tiles;
  }
  return {};
}

}  // namespace sekisho::node
