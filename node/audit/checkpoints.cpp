#include "node/audit/checkpoints.hpp"

#include "trust/log/checkpoint.hpp"

namespace sekisho::node {

Mutation keep_checkpoint(const Published& published) {
  const auto key = be64(make_position(published.log, published.size));
  return {Family::Checkpoint, Bytes(key.begin(), key.end()), to_bytes(published.note)};
}

Result<std::optional<Published>> newest_checkpoint(const Storage& storage, const LogInfo& log) {
  std::optional<std::string> note;
  const auto prefix = be64(make_position(log.number, 0));
  Status scanned = storage.scan(Family::Checkpoint, {}, BytesView(prefix).first(2), [&](BytesView, BytesView value) {
    note = std::string(as_text(value));
    return true;
  });
  if (!scanned) return fail(scanned.error());
  if (!note) return std::optional<Published>();
  Result<trust::Note> parsed = trust::parse_note(*note);
  if (!parsed) return fail(Code::DatabaseDamaged, "a kept checkpoint does not read", parsed.error());
  Result<trust::Checkpoint> checkpoint = trust::parse_checkpoint_text(parsed->text);
  if (!checkpoint || checkpoint->origin != log.origin) {
    return fail(Code::DatabaseDamaged, "a kept checkpoint is of another log");
  }
  return std::optional<Published>(
      Published{log.number, log.origin, checkpoint->size, checkpoint->root, std::move(*note)});
}

}  // namespace sekisho::node
