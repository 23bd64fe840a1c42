// Reads the durable log: entries, indexes, proofs. Thread-safe; every call may touch the disk, so a server calls
// it on the blocking pool where it is more than a point read. Nothing beyond the newest durable commit is shown.
//
// Errors: NotFound for what is not there; DatabaseDamaged for what is there and cannot be right.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "base/core/uuid.hpp"
#include "node/journal/dimension.hpp"
#include "node/journal/ports/storage.hpp"
#include "node/journal/position.hpp"
#include "schemas/log.pb.h"
#include "trust/evidence/envelope.hpp"

namespace sekisho::node {

class LogTree;

struct StoredEntry {
  Position position = 0;
  Bytes bytes;  // the leaf
  pb::Entry entry;
};

// A log of this database: the current one has no end.
struct LogInfo {
  std::uint16_t number = 0;
  std::string origin;
  std::optional<std::uint64_t> closed_size;
};

class LogReader {
 public:
  // `tree` and `storage` outlive the reader.
  LogReader(const Storage& storage, const LogTree& tree);

  [[nodiscard]] Result<StoredEntry> entry(Position at) const;

  // Position of the newest entry of that kind for that exchange with that peer (its DID), or nullopt.
  [[nodiscard]] Result<std::optional<Position>> find(pb::EntryKind kind, const Uuid& exchange,
                                                     std::string_view peer) const;
  // The same of each peer that used the id, in no order.
  [[nodiscard]] Result<std::vector<Position>> find_all(pb::EntryKind kind, const Uuid& exchange) const;
  // Position of the entry of that kind with that statement, or nullopt; then of any kind.
  [[nodiscard]] Result<std::optional<Position>> find(pb::EntryKind kind, const Digest& statement) const;
  [[nodiscard]] Result<std::optional<Position>> find(const Digest& statement) const;

  // Positions ≥ from of the entries with this token, ascending, until `each` returns false.
  using EachPosition = std::function<bool(Position)>;
  [[nodiscard]] Status postings(Dimension dimension, std::string_view value, Position from,
                                const EachPosition& each) const;

  // The first position of that log whose log_time is not before `at` (binary search; size of the log if none).
  [[nodiscard]] Result<Position> first_not_before(std::uint16_t log, Instant at) const;

  // Proofs in the tree of `log` at `size` (≤ its durable size).
  [[nodiscard]] Result<Digest> root(std::uint16_t log, std::uint64_t size) const;
  [[nodiscard]] Result<std::vector<Digest>> inclusion(Position at, std::uint64_t size) const;
  [[nodiscard]] Result<std::vector<Digest>> consistency(std::uint16_t log, std::uint64_t from, std::uint64_t to) const;

  // Envelope of the statement of an entry: a foreign one as kept; an own one with its path rebuilt from the
  // statements that were sealed in the same batch.
  [[nodiscard]] Result<trust::Envelope> envelope(Position at) const;

  // C2SP tlog-proof text: index, path and checkpoint (a signed note of a size beyond the entry), extra = entry.
  [[nodiscard]] Result<std::string> tlog_proof(Position at, std::string_view checkpoint) const;

  // Hashes of a C2SP tile (level 0 … 6), width 1 … 256; only what lies below `size`.
  [[nodiscard]] Result<Bytes> tile(std::uint16_t log, unsigned level, std::uint64_t number, unsigned width) const;

  // All logs of this database, oldest first; the last is the current one.
  [[nodiscard]] Result<std::vector<LogInfo>> logs() const;
  // Durable size of a log: the current head's, or the size at its close.
  [[nodiscard]] Result<std::uint64_t> size(std::uint16_t log) const;

 private:
  const Storage& storage_;
  const LogTree& tree_;
};

}  // namespace sekisho::node
