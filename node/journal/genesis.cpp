#include "node/journal/genesis.hpp"

#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "node/journal/keys.hpp"
#include "node/journal/recovery.hpp"
#include "trust/log/note.hpp"

namespace sekisho::node {

namespace {

EntryDraft detail_entry(pb::EntryKind kind, const JsonObject& detail) {
  EntryDraft draft;
  draft.kind = kind;
  // Strings and small integers only: nothing that canonical JSON cannot say.
  draft.content = canonical_json(detail).value();
  return draft;
}

JsonObject key_members(const JournalOptions& options, const std::string& origin) {
  const trust::VerifierKey key{origin, trust::NoteKeyType::Ed25519, options.log_key};
  return {{"logKey", key.text()}, {"statementCert", to_hex(options.issuer.cert)}};
}

JsonObject to_json(const Predecessor& log) {
  return {{"origin", log.origin}, {"reason", log.reason}, {"root", to_hex(log.root)}, {"size", log.size}};
}

bool is_set(const Result<std::optional<Bytes>>& row) { return row && row->has_value(); }

}  // namespace

EntryDraft genesis_entry(const JournalOptions& options, const std::string& origin,
                         const std::optional<Predecessor>& predecessor) {
  JsonObject detail = key_members(options, origin);
  detail["origin"] = origin;
  detail["did"] = options.issuer.did;
  detail["zone"] = options.issuer.zone;
  if (predecessor) detail["predecessor"] = to_json(*predecessor);
  return detail_entry(pb::GENESIS, detail);
}

EntryDraft close_entry(const Predecessor& closed) { return detail_entry(pb::LOG_CLOSE, to_json(closed)); }

EntryDraft start_entry(const JournalOptions& options, const Head& previous, std::string_view reason) {
  return detail_entry(pb::START, {{"build", options.build_id},
                                  {"epoch", previous.epoch + 1},
                                  {"previous", JsonObject{{"root", to_hex(previous.root)}, {"size", previous.size}}},
                                  {"reason", reason}});
}

EntryDraft key_entry(const JournalOptions& options, const std::string& origin) {
  return detail_entry(pb::KEY, key_members(options, origin));
}

Bytes signers_row(const JournalOptions& options) {
  Bytes out;
  out.reserve(64);
  append(out, options.log_key.octets);
  append(out, options.issuer.cert);
  return out;
}

Result<Unit> opening_unit(const JournalOptions& options, const std::string& origin, const Head& head,
                          const Storage& storage, const std::optional<Predecessor>& predecessor,
                          std::string_view reason) {
  Unit unit;
  Result<std::optional<Bytes>> signers = storage.get(Family::Meta, as_bytes(keys::kSigners));
  if (!signers) return fail(signers.error());
  if (head.size == 0) {
    unit.entries.push_back(genesis_entry(options, origin, predecessor));
    if (predecessor) {
      unit.entries.push_back(close_entry(*predecessor));
      const LogInfo closed{static_cast<std::uint16_t>(head.log - 1), predecessor->origin, predecessor->size};
      unit.mutations.push_back({Family::Meta, keys::log_info(closed.number), serialise_log_info(closed)});
    }
    unit.mutations.push_back({Family::Meta, keys::log_info(head.log), serialise_log_info({head.log, origin, {}})});
  } else if (*signers && **signers != signers_row(options)) {
    unit.entries.push_back(key_entry(options, origin));
  }
  unit.entries.push_back(start_entry(options, head, reason));
  unit.mutations.push_back({Family::Meta, to_bytes(keys::kSigners), signers_row(options)});

  Result<std::optional<Bytes>> owner = storage.get(Family::Meta, as_bytes(kMetaOwner));
  if (!is_set(owner)) unit.mutations.push_back({Family::Meta, to_bytes(kMetaOwner), to_bytes(options.issuer.did)});
  return unit;
}

}  // namespace sekisho::node
