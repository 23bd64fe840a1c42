// All entries under one exchange id, of every peer that used it. The journal points at the newest of each kind and
// peer, which is all there is, but for streams: their heads and receipts lie among the entries of their agreement,
// behind the opening.
#pragma once

#include <vector>

#include "base/core/result.hpp"
#include "node/journal/reader.hpp"

namespace sekisho::node {

// Ascending, over all logs of the node.
[[nodiscard]] Result<std::vector<Position>> exchange_entries(const LogReader& reader, const Uuid& exchange);

}  // namespace sekisho::node
