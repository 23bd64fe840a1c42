#include "trust/log/tile.hpp"

#include <map>
#include <memory>

#include <fmt/format.h>

#include "trust/log/merkle.hpp"
#include "trust/log/text.hpp"

namespace sekisho::trust {
namespace {

constexpr std::size_t kMaxTilesHeld = 64;  // a proof needs at most two for each level

std::string index_path(std::uint64_t index) {
  std::string out = fmt::format("{:03}", index % 1000);
  for (index /= 1000; index > 0; index /= 1000) out = fmt::format("x{:03}/", index % 1000) + out;
  return out;
}

std::optional<std::uint64_t> three_digits(std::string_view text) {
  if (text.size() != 3) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

std::string_view take_segment(std::string_view& path) {
  const std::size_t end = path.find('/');
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  return segment;
}

struct TileHashes {
  std::uint64_t size;
  TileReader tiles;
  std::map<TileId, std::vector<Digest>> held;

  Result<const std::vector<Digest>*> tile(const TileId& id) {
    if (const auto it = held.find(id); it != held.end()) return &it->second;
    const Result<Bytes> bytes = tiles(id);
    if (!bytes) return fail(bytes.error());
    if (bytes->size() != std::size_t{id.width} * 32) {
      return fail(Code::ProofInvalid, "the tile " + tile_path(id) + " has the wrong length");
    }
    std::vector<Digest> hashes(id.width);
    for (std::size_t i = 0; i < hashes.size(); ++i) std::memcpy(hashes[i].data(), bytes->data() + i * 32, 32);
    if (held.size() >= kMaxTilesHeld) held.clear();
    return &(held[id] = std::move(hashes));
  }

  Result<Digest> hash(unsigned level, std::uint64_t index) {
    const unsigned tile_level = level / 8;
    const unsigned within = level % 8;
    const std::uint64_t width = std::uint64_t{1} << within;
    const std::uint64_t first = index << within;
    TileId id{static_cast<int>(tile_level), first / kTileWidth, 0};
    id.width = tile_level < kTileLevels ? tile_width(size, tile_level, id.index) : 0;
    if (first % kTileWidth + width > id.width) return fail(Code::ProofInvalid, "no such complete subtree");
    const Result<const std::vector<Digest>*> found = tile(id);
    if (!found) return fail(found.error());
    return tree_root(
        std::span(**found).subspan(static_cast<std::size_t>(first % kTileWidth), static_cast<std::size_t>(width)));
  }
};

}  // namespace

std::string tile_path(const TileId& id) {
  std::string out = id.level == TileId::kEntries ? "tile/entries/" : fmt::format("tile/{}/", id.level);
  out += index_path(id.index);
  if (id.width < kTileWidth) out += fmt::format(".p/{}", id.width);
  return out;
}

Result<TileId> parse_tile_path(std::string_view path) {
  const auto bad = [] { return fail(Code::InvalidArgument, "not the path of a tile"); };
  const std::string_view whole = path;
  if (path.size() > 64 || take_segment(path) != "tile") return bad();
  TileId id;
  const std::string_view level = take_segment(path);
  if (level == "entries") {
    id.level = TileId::kEntries;
  } else {
    const auto number = parse_decimal(level);
    if (!number || *number >= kTileLevels) return bad();
    id.level = static_cast<int>(*number);
  }
  for (int group = 0;; ++group) {
    if (group == 6) return bad();  // 10^18 tiles are more than 2^64 leaves have
    std::string_view segment = take_segment(path);
    const bool more = segment.starts_with('x');
    if (more) segment.remove_prefix(1);
    const bool partial = !more && segment.ends_with(".p");
    if (partial) segment.remove_suffix(2);
    const auto digits = three_digits(segment);
    if (!digits) return bad();
    id.index = id.index * 1000 + *digits;
    if (more) continue;
    if (partial) {
      const auto width = parse_decimal(path);
      if (!width || *width == 0 || *width >= kTileWidth) return bad();
      id.width = static_cast<unsigned>(*width);
    }
    break;
  }
  // Leading zero groups and anything left over are another spelling of the same tile.
  if (tile_path(id) != whole) return bad();
  return id;
}

unsigned tile_width(std::uint64_t size, unsigned level, std::uint64_t index) {
  const std::uint64_t hashes = size >> (8 * level);
  if (index < hashes / kTileWidth) return kTileWidth;
  return index == hashes / kTileWidth ? static_cast<unsigned>(hashes % kTileWidth) : 0;
}

HashReader tile_hash_reader(std::uint64_t size, TileReader tiles) {
  auto state = std::make_shared<TileHashes>(TileHashes{size, std::move(tiles), {}});
  return [state](unsigned level, std::uint64_t index) { return state->hash(level, index); };
}

Status append_to_entry_bundle(Bytes& bundle, BytesView entry) {
  if (entry.size() > kMaxEntryBytes) return fail(Code::LimitExceeded, "a log entry is over 65,535 octets");
  bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
  bundle.push_back(static_cast<std::uint8_t>(entry.size() & 0xff));
  append(bundle, entry);
  return {};
}

Result<std::vector<BytesView>> parse_entry_bundle(BytesView bundle, unsigned width) {
  std::vector<BytesView> entries;
  while (!bundle.empty()) {
    if (entries.size() == width) return fail(Code::ProofInvalid, "the entry bundle has too many entries");
    if (bundle.size() < 2) return fail(Code::ProofInvalid, "the entry bundle ends inside a length");
    const std::size_t length = (std::size_t{bundle[0]} << 8) | bundle[1];
    if (bundle.size() - 2 < length) return fail(Code::ProofInvalid, "the entry bundle ends inside an entry");
    entries.push_back(bundle.subspan(2, length));
    bundle = bundle.subspan(2 + length);
  }
  if (entries.size() != width) return fail(Code::ProofInvalid, "the entry bundle has too few entries");
  return entries;
}

}  // namespace sekisho::trust
