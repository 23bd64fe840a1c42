#include "node/journal/recovery.hpp"

#include <algorithm>
#include <tuple>

#include "base/core/json.hpp"
#include "node/journal/anchor.hpp"
#include "node/journal/entry.hpp"
#include "node/journal/keys.hpp"
#include "trust/log/checkpoint.hpp"

namespace sekisho::node {

namespace {

Error damaged(const std::string& why) {
  return {Code::DatabaseDamaged, why + "; run sekishod check, then restore or open a successor log"};
}

Status check_last_entry(const Storage& storage, const Head& head) {
  const Position at = make_position(head.log, head.size - 1);
  Result<std::optional<Bytes>> row = storage.get(Family::Entry, keys::entry(at));
  if (!row) return fail(row.error());
  if (!*row) return fail(damaged("the last entry is missing"));
  Result<pb::Entry> entry = decode_entry(**row);
  if (!entry) return fail(Code::DatabaseDamaged, "the last entry does not read", entry.error());
  if (entry->time_us() != head.time.time_since_epoch().count()) {
    return fail(damaged("the last entry's time is not the head's"));
  }
  Result<std::optional<Bytes>> beyond = storage.get(Family::Entry, keys::entry(at + 1));
  if (!beyond) return fail(beyond.error());
  if (*beyond) return fail(damaged("there is an entry beyond the head"));
  return {};
}

Result<RightEdge> load_edge(const Storage& storage, const Head& head) {
  RightEdge edge;
  for (unsigned level = 0; level < trust::kTileLevels; ++level) {
    const std::uint64_t number = 8 * (level + 1) < 64 ? head.size >> (8 * (level + 1)) : 0;
    const unsigned width = trust::tile_width(head.size, level, number);
    if (width == 0) continue;
    Result<Bytes> tile = read_tile(storage, nullptr, head.log, {static_cast<int>(level), number, width});
    if (!tile) return fail(tile.error());
    edge[level] = std::move(*tile);
  }
  return edge;
}

Result<Digest> root_of(const Storage& storage, std::uint16_t log, std::uint64_t size) {
  return trust::root_at(size, trust::tile_hash_reader(size, tile_reader(storage, nullptr, log)));
}

// Whether `later` follows `earlier` among the logs of one node.
bool follows(const trust::LogOrigin& later, const trust::LogOrigin& earlier) {
  return std::tuple(later.year, later.half, later.successor) >
         std::tuple(earlier.year, earlier.half, earlier.successor);
}

Status compare_origins(const std::string& anchored, const std::string& ours, const std::string& path) {
  if (anchored == ours) return {};
  Result<trust::LogOrigin> theirs = trust::parse_log_origin(anchored);
  Result<trust::LogOrigin> own = trust::parse_log_origin(ours);
  if (!theirs || !own || theirs->dns != own->dns) {
    return fail(Code::DataFolderForeign, "the anchor file " + path + " is of the log " + anchored);
  }
  if (follows(*theirs, *own)) {
    return fail(Code::DatabaseRolledBack, "the database holds the log " + ours + ", but its successor " + anchored +
                                              " was already published (" + path + ")");
  }
  return {};  // of an earlier log: the first checkpoint of this one was not anchored yet
}

// As the newest KEY entry says; `now` where a database does not.
Result<Ed25519PublicKey> last_log_key(const Storage& storage, const Ed25519PublicKey& now) {
  Result<std::optional<Bytes>> row = storage.get(Family::Meta, as_bytes(keys::kSigners));
  if (!row) return fail(row.error());
  if (!*row) return now;
  Ed25519PublicKey key;
  if ((*row)->size() < key.octets.size()) return fail(damaged("the row of the log's signers does not read"));
  std::copy_n((*row)->begin(), key.octets.size(), key.octets.begin());
  return key;
}

Status check_missing_anchor(const Storage& storage, const std::string& path) {
  bool published = false;
  Status scanned = storage.scan(Family::Checkpoint, {}, {}, [&](BytesView, BytesView) {
    published = true;
    return false;
  });
  if (!scanned) return scanned;
  if (published) {
    return fail(Code::DatabaseRolledBack, "the anchor file " + path +
                                              " is missing, so nothing shows that the database is the newest; put it "
                                              "back, or open a successor log with sekishod backup --restore");
  }
  return {};
}

}  // namespace

Result<std::optional<WriterState>> recover_state(const Storage& storage) {
  Result<std::optional<Bytes>> row = storage.get(Family::Meta, as_bytes(keys::kHead));
  if (!row) return fail(row.error());
  if (!*row) {
    bool entries = false;
    Status scanned = storage.scan(Family::Entry, {}, {}, [&](BytesView, BytesView) {
      entries = true;
      return false;
    });
    if (!scanned) return fail(scanned.error());
    if (entries) return fail(damaged("the log has entries but no head"));
    return std::optional<WriterState>();
  }
  Result<StoredHead> stored = parse_head(**row);
  if (!stored) return fail(stored.error());
  const Head& head = stored->head;
  if (head.size > 0) {
    Status last = check_last_entry(storage, head);
    if (!last) return fail(last.error());
  }
  Result<Digest> root = root_of(storage, head.log, head.size);
  if (!root) return fail(Code::DatabaseDamaged, "the tree of the log cannot be recomputed", root.error());
  if (*root != head.root) return fail(damaged("the tree over tiles and entries is not the head's"));
  Result<RightEdge> edge = load_edge(storage, head);
  if (!edge) return fail(edge.error());
  return std::optional<WriterState>(
      WriterState{head, GrowingTree(head.log, std::move(stored->frontier), std::move(*edge))});
}

Status check_anchor(const Storage& storage, const WriterState& state, const std::string& origin,
                    const std::string& path, const Ed25519PublicKey& log_key) {
  Result<std::optional<AnchorSlot>> slot = read_anchor(path);
  if (!slot) return fail(slot.error());
  if (!*slot) return check_missing_anchor(storage, path);
  Result<trust::Note> note = trust::parse_note((*slot)->note);
  if (!note) return fail(Code::DatabaseDamaged, "the anchor file " + path + " holds no note", note.error());
  Result<trust::Checkpoint> anchored = trust::parse_checkpoint_text(note->text);
  if (!anchored)
    return fail(Code::DatabaseDamaged, "the anchor file " + path + " holds no checkpoint", anchored.error());
  Status origins = compare_origins(anchored->origin, origin, path);
  if (!origins || anchored->origin != origin) return origins;

  const Result<Ed25519PublicKey> before = last_log_key(storage, log_key);
  if (!before) return fail(before.error());
  const auto signed_by = [&](const Ed25519PublicKey& key) {
    return trust::verify_note(*note, {origin, trust::NoteKeyType::Ed25519, key});
  };
  Status signature = signed_by(log_key);
  if (!signature && *before != log_key) signature = signed_by(*before);  // the change is logged after this check
  if (!signature) {
    return fail(Code::DatabaseDamaged, "the checkpoint in " + path + " is not signed by the log key",
                signature.error());
  }
  if (anchored->size > state.head.size) {
    return fail(Code::DatabaseRolledBack, "the database holds " + std::to_string(state.head.size) + " entries of " +
                                              origin + ", but " + std::to_string(anchored->size) + " were published (" +
                                              path + ")");
  }
  Result<Digest> root = root_of(storage, state.head.log, anchored->size);
  if (!root) return fail(Code::DatabaseDamaged, "the published tree cannot be recomputed", root.error());
  if (*root != anchored->root) return fail(damaged("the database holds another tree than the one published"));
  return {};
}

Bytes serialise_log_info(const LogInfo& info) {
  JsonObject row{{"origin", info.origin}};
  if (info.closed_size) row["closed"] = *info.closed_size;
  return to_bytes(to_text(row));
}

Result<LogInfo> parse_log_info(std::uint16_t number, BytesView row) {
  Result<Json> json = parse_json(as_text(row));
  if (!json || !json->is_object()) return fail(Code::DatabaseDamaged, "the row of a log does not read");
  Result<std::string> origin = get_string(json->get_object(), "origin");
  if (!origin) return fail(Code::DatabaseDamaged, "the row of a log has no origin", origin.error());
  LogInfo out{number, std::move(*origin), std::nullopt};
  if (json->get_object().contains("closed")) {
    Result<std::int64_t> closed = get_integer(json->get_object(), "closed");
    if (!closed) return fail(Code::DatabaseDamaged, "the row of a log does not read", closed.error());
    out.closed_size = static_cast<std::uint64_t>(*closed);
  }
  return out;
}

Result<LogInfo> load_log_info(const Storage& storage, std::uint16_t number) {
  Result<std::optional<Bytes>> row = storage.get(Family::Meta, keys::log_info(number));
  if (!row) return fail(row.error());
  if (!*row) return fail(damaged("the row of log " + std::to_string(number) + " is missing"));
  return parse_log_info(number, **row);
}

}  // namespace sekisho::node
