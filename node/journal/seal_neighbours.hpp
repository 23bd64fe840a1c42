// The path of an own seal, rebuilt: own leaves keep {index, size, signature}, and the statements sealed in the same
// batch lie around them in the log, in order (formats.md 2).
#pragma once

#include "node/journal/reader.hpp"

namespace sekisho::node {

// INTENT, ERASURE and the _OUT kinds hold own statements. SUMMARY and the like hold none.
[[nodiscard]] bool is_own_statement(pb::EntryKind kind);

// Reads at most kMaxBatch entries to either side. Code::DatabaseDamaged when the batch is not there.
[[nodiscard]] Result<trust::Envelope> rebuild_own_envelope(const LogReader& reader, const StoredEntry& stored);

}  // namespace sekisho::node
