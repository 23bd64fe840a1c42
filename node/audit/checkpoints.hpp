// The checkpoints that were published and kept: Family::Checkpoint, be64 position (log, size) → signed note. Kept at
// most once a minute and at a stop; whoever holds another one is served by consistency proofs.
#pragma once

#include <optional>

#include "node/audit/publisher.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

[[nodiscard]] Mutation keep_checkpoint(const Published& published);

// The newest one kept of a log; nullopt when none was.
[[nodiscard]] Result<std::optional<Published>> newest_checkpoint(const Storage& storage, const LogInfo& log);

}  // namespace sekisho::node
