// A node has more than one log after a restore: closed ones, which nothing is added to, and the current one. What a
// closed log holds stays provable by a checkpoint over the whole of it.
#pragma once

#include <vector>

#include "node/audit/publisher.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

// Signs and keeps that checkpoint of each closed log that has none: whoever restores a backup has the newest kept
// before it, which may be a minute older than the log's end. Once, when the journal is open.
[[nodiscard]] Status keep_closed_logs(Journal& journal, const Storage& storage, Signer& log_signer);

// Oldest first, each at the checkpoint that proves most of it: closed ones at the newest kept (none: left out), the
// current one at `current`.
[[nodiscard]] Result<std::vector<Published>> proven_logs(const LogReader& reader, const Storage& storage,
                                                         const Published& current);

}  // namespace sekisho::node
