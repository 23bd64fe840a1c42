#include "node/journal/tree.hpp"

#include "node/journal/keys.hpp"
#include "trust/log/tree_hash.hpp"

namespace sekisho::node {

namespace {

constexpr std::size_t kHash = 32;
constexpr std::size_t kFullTile = trust::kTileWidth * kHash;

// Level 0 beyond the last full tile is not stored as a tile: the entries are.
Result<Bytes> leaves_from_entries(const Storage& storage, std::uint16_t log, std::uint64_t number, unsigned width) {
  Bytes out;
  for (unsigned i = 0; i < width; ++i) {
    const Position at = make_position(log, number * trust::kTileWidth + i);
    Result<std::optional<Bytes>> entry = storage.get(Family::Entry, keys::entry(at));
    if (!entry) return fail(entry.error());
    if (!*entry) return fail(Code::DatabaseDamaged, "entry " + std::to_string(index_of(at)) + " is missing");
    append(out, trust::leaf_hash(**entry));
  }
  return out;
}

Result<Bytes> cut(std::optional<Bytes> hashes, const trust::TileId& id) {
  if (!hashes || hashes->size() < id.width * kHash || hashes->size() % kHash != 0) {
    return fail(Code::DatabaseDamaged, "tile " + trust::tile_path(id) + " is missing or of another length");
  }
  hashes->resize(id.width * kHash);
  return std::move(*hashes);
}

}  // namespace

void GrowingTree::push(unsigned level, const Digest& hash) {
  Bytes& edge = edge_[level];
  sekisho::append(edge, BytesView(hash));
  changed_[level] = true;
  if (edge.size() == kFullTile) {
    const unsigned shift = 8 * (level + 1);
    const std::uint64_t number = ((frontier_.size() + (level == 0 ? 1 : 0)) >> shift) - 1;
    full_.push_back({Family::Tile, keys::tile(log_, level, number), std::move(edge)});
    edge.clear();
  }
}

void GrowingTree::append(const Digest& leaf) {
  push(0, leaf);
  std::vector<std::pair<unsigned, Digest>> closed;
  frontier_.append(leaf, [&](unsigned level, std::uint64_t, const Digest& hash) {
    if (level % 8 == 0) closed.emplace_back(level / 8, hash);
  });
  for (const auto& [level, hash] : closed) {
    if (level < trust::kTileLevels) push(level, hash);
  }
}

void GrowingTree::drain(std::vector<Mutation>& out) {
  for (Mutation& m : full_) out.push_back(std::move(m));
  full_.clear();
  for (unsigned level = 1; level < trust::kTileLevels; ++level) {
    if (changed_[level]) out.push_back({Family::Tile, keys::edge(log_, level), edge_[level]});
  }
  changed_ = {};
}

void LogTree::publish(const Head& head, const RightEdge& edge) {
  const std::lock_guard lock(mutex_);
  head_ = head;
  for (unsigned level = 0; level < trust::kTileLevels; ++level) edge_[level].assign(edge[level].begin(), edge[level].end());
}

Head LogTree::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

std::optional<Bytes> LogTree::partial(unsigned level, std::uint64_t number, unsigned width) const {
  const std::lock_guard lock(mutex_);
  const unsigned shift = 8 * (level + 1);
  const std::uint64_t last = shift < 64 ? head_.size >> shift : 0;
  if (last != number) return std::nullopt;
  if (edge_[level].size() < width * kHash) return std::nullopt;
  return Bytes(edge_[level].begin(), edge_[level].begin() + static_cast<std::ptrdiff_t>(width * kHash));
}

Result<Bytes> read_tile(const Storage& storage, const LogTree* tree, std::uint16_t log, const trust::TileId& id) {
  const unsigned level = static_cast<unsigned>(id.level);
  if (tree != nullptr && tree->head().log == log) {
    std::optional<Bytes> partial = tree->partial(level, id.index, id.width);
    if (partial) return std::move(*partial);
  }
  Result<std::optional<Bytes>> full = storage.get(Family::Tile, keys::tile(log, level, id.index));
  if (!full) return fail(full.error());
  if (*full) return cut(std::move(*full), id);
  if (level == 0) return leaves_from_entries(storage, log, id.index, id.width);
  Result<std::optional<Bytes>> edge = storage.get(Family::Tile, keys::edge(log, level));
  if (!edge) return fail(edge.error());
  return cut(std::move(*edge), id);
}

trust::TileReader tile_reader(const Storage& storage, const LogTree* tree, std::uint16_t log) {
  return [&storage, tree, log](const trust::TileId& id) { return read_tile(storage, tree, log, id); };
}

}  // namespace sekisho::node
