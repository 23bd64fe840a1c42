// The identity and the database of a node that does not run, for the maintenance verbs.
#pragma once

#include <memory>

#include "base/core/result.hpp"
#include "node/config/settings.hpp"
#include "node/identity/local_identity.hpp"
#include "node/journal/journal.hpp"
#include "node/storage/rocksdb_storage.hpp"

namespace sekisho::node {

// complete: a folder without a key for pseudonyms gets one, and a warning in the log says so.
[[nodiscard]] Result<LocalIdentity> open_identity(const Settings& settings, bool complete = false);
// DatabaseLocked while the node runs.
[[nodiscard]] Result<std::shared_ptr<RocksDbStorage>> open_stopped_storage(const Settings& settings, const LocalIdentity& self);

}  // namespace sekisho::node
