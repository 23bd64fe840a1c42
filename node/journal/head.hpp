// The head of a log: what one commit leaves behind for the next start (audit-and-provenance.md 7.3 `meta/head`).
#pragma once

#include <cstdint>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "trust/log/merkle.hpp"

namespace sekisho::node {

struct Head {
  std::uint16_t log = 0;    // number of the log in this database
  std::uint64_t size = 0;   // entries
  Digest root{};            // RFC 6962 head over them
  Instant time{};           // log_time of the last entry
  std::uint64_t epoch = 0;  // starts of a writer on this database
};

// The head with the frontier that continues it, as stored. parse_head checks its own checksum
// (Code::DatabaseDamaged) and that the frontier has the size and root that it states.
struct StoredHead {
  Head head;
  trust::Frontier frontier;
};
[[nodiscard]] Bytes serialise_head(const StoredHead& head);
[[nodiscard]] Result<StoredHead> parse_head(BytesView bytes);

}  // namespace sekisho::node
