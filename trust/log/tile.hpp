// C2SP tlog-tiles: how the hashes and entries of a log are cut into immutable files of 256, and their paths.
//
// tile/<L>/<N>[.p/<W>] holds W (256 without .p) hashes of level L · 8; tile/entries/<N>[.p/<W>] the entries, each
// with a big-endian 16-bit length. N in groups of three digits, all but the last with "x" in front.
// Errors: Code::InvalidArgument for paths, Code::ProofInvalid for contents. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "trust/log/proof_builder.hpp"

namespace sekisho::trust {

inline constexpr unsigned kTileWidth = 256;
inline constexpr unsigned kTileLevels = 8;  // 256^8 leaves are beyond any 64-bit size
inline constexpr std::size_t kMaxEntryBytes = 65'535;

struct TileId {
  static constexpr int kEntries = -1;
  int level = 0;            // kEntries, or 0 … 7
  std::uint64_t index = 0;  // N
  unsigned width = kTileWidth;

  auto operator<=>(const TileId&) const = default;
};

[[nodiscard]] std::string tile_path(const TileId& id);
[[nodiscard]] Result<TileId> parse_tile_path(std::string_view path);  // that spelling only; no "..", no "000.p/256"

// Width of tile `index` of `level` in a tree of this size: 0 (absent) … 256.
[[nodiscard]] unsigned tile_width(std::uint64_t size, unsigned level, std::uint64_t index);

// Reads a hash tile of exactly id.width · 32 bytes.
using TileReader = std::function<Result<Bytes>(const TileId& id)>;

// The hashes of a tree of this size out of its tiles; remembers the tiles it has read, so use one per proof.
[[nodiscard]] HashReader tile_hash_reader(std::uint64_t size, TileReader tiles);

// The contents of an entry bundle.
[[nodiscard]] Status append_to_entry_bundle(Bytes& bundle, BytesView entry);
[[nodiscard]] Result<std::vector<BytesView>> parse_entry_bundle(BytesView bundle, unsigned width);

}  // namespace sekisho::trust
