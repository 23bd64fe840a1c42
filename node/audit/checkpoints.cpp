#include "node/audit/checkpoints.hpp"

#include "trust/log/checkpoint.hpp"

namespace sekisho::node {

namespace {

Bytes row_key(std::uint16_t log, std::uint64_t size) {
  const auto key = be64(make_position(log, size));
  return {key.begin(), key.end()};
}

Result<std::optional<Bytes>> newest_note(const Storage& storage, const LogInfo& log) {
  // The last one of a closed log is known by its size; before it lies one for each minute of half a year.
  if (log.closed_size) {
    Result<std::optional<Bytes>> last = storage.get(Family::Checkpoint, row_key(log.number, *log.closed_size));
    if (!last || *last) return last;
  }
  std::optional<Bytes> note;
  const Bytes first = row_key(log.number, 0);
  Status scanned = storage.scan(Family::Checkpoint, {}, BytesView(first).first(2), [&](BytesView, BytesView value) {
    note = to_bytes(value);
    return true;
  });
  if (!scanned) return fail(scanned.error());
  return note;
}

}  // namespace

Mutation keep_checkpoint(const Published& published) {
  return {Family::Checkpoint, row_key(published.log, published.size), to_bytes(published.note)};
}

Result<std::optional<Published>> newest_checkpoint(const Storage& storage, const LogInfo& log) {
  const Result<std::optional<Bytes>> row = newest_note(storage, log);
  if (!row) return fail(row.error());
  if (!*row) return std::optional<Published>();
  std::string note(as_text(**row));
  Result<trust::Note> parsed = trust::parse_note(note);
  if (!parsed) return fail(Code::DatabaseDamaged, "a kept checkpoint does not read", parsed.error());
  Result<trust::Checkpoint> checkpoint = trust::parse_checkpoint_text(parsed->text);
  if (!checkpoint || checkpoint->origin != log.origin) {
    return fail(Code::DatabaseDamaged, "a kept checkpoint is of another log");
  }
  return std::optional<Published>(
      Published{log.number, log.origin, checkpoint->size, checkpoint->root, std::move(note)});
}

}  // namespace sekisho::node
