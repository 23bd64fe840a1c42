// What a start derives from the database before anything is appended (audit-and-provenance.md 7.7, empty witness
// policy): the head, recomputed from the right edge of the tiles and the last entries, and held against the anchor
// file. Whatever does not fit refuses with what to do; nothing is ever repaired silently.
#pragma once

#include <optional>
#include <string>

#include "node/journal/batch.hpp"
#include "node/journal/reader.hpp"

namespace sekisho::node {

// The state of the log in the database; nullopt for a database without one.
// Code::DatabaseDamaged names the row that does not fit.
[[nodiscard]] Result<std::optional<WriterState>> recover_state(const Storage& storage);

// The checkpoint that the anchor file holds is of this log and not ahead of it: DatabaseRolledBack when the database
// is smaller or of an earlier log of this node, DatabaseDamaged when its tree is another one, DataFolderForeign when
// the file is of another node. A missing file is accepted only while no checkpoint was ever stored. `log_key` may have been
// changed since the last start: then what is anchored is signed by the one before.
[[nodiscard]] Status check_anchor(const Storage& storage, const WriterState& state, const std::string& origin,
                                  const std::string& path, const Ed25519PublicKey& log_key);

// Names of logs, as stored in Family::Meta.
[[nodiscard]] Bytes serialise_log_info(const LogInfo& info);
[[nodiscard]] Result<LogInfo> parse_log_info(std::uint16_t number, BytesView row);
[[nodiscard]] Result<LogInfo> load_log_info(const Storage& storage, std::uint16_t number);

}  // namespace sekisho::node
