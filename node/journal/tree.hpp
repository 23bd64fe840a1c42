// The tree of the current log as it grows: the frontier and the right edge of its tiles.
//
// GrowingTree  belongs to the writer: takes leaves, yields the rows to store.
// LogTree      what is durable, shared with readers: head and right edge. Thread-safe.
#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "base/core/bytes.hpp"
#include "node/journal/head.hpp"
#include "node/journal/ports/storage.hpp"
#include "trust/log/merkle.hpp"
#include "trust/log/tile.hpp"

namespace sekisho::node {

// The hashes of the partial tile of each tile level, 32 octets each, fewer than 256 of them.
using RightEdge = std::array<Bytes, trust::kTileLevels>;

class GrowingTree {
 public:
  GrowingTree() = default;
  GrowingTree(std::uint16_t log, trust::Frontier frontier, RightEdge edge)
      : log_(log), frontier_(std::move(frontier)), edge_(std::move(edge)) {}

  void append(const Digest& leaf);
  [[nodiscard]] std::uint64_t size() const { return frontier_.size(); }
  [[nodiscard]] const trust::Frontier& frontier() const { return frontier_; }
  [[nodiscard]] const RightEdge& edge() const { return edge_; }
  // Rows for the tiles that became full and the edges (level ≥ 1) that changed since the last call.
  void drain(std::vector<Mutation>& out);

 private:
  void push(unsigned level, const Digest& hash);

  std::uint16_t log_ = 0;
  trust::Frontier frontier_;
  RightEdge edge_;
  std::vector<Mutation> full_;
  std::array<bool, trust::kTileLevels> changed_{};
};

class LogTree {
 public:
  void publish(const Head& head, const RightEdge& edge);
  [[nodiscard]] Head head() const;
  // The first `width` hashes of the partial tile `number` of `level`; nullopt when that tile is not the partial one.
  [[nodiscard]] std::optional<Bytes> partial(unsigned level, std::uint64_t number, unsigned width) const;

 private:
  mutable std::mutex mutex_;
  Head head_;
  RightEdge edge_;
};

// A tile of any log of the database: full ones from their row, partial ones from `tree` (the current log; may be
// null), the entries (level 0) or the edge rows.
[[nodiscard]] Result<Bytes> read_tile(const Storage& storage, const LogTree* tree, std::uint16_t log,
                                      const trust::TileId& id);

[[nodiscard]] trust::TileReader tile_reader(const Storage& storage, const LogTree* tree, std::uint16_t log);

}  // namespace sekisho::node
