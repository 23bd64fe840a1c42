#include "trust/log/tile.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "trust/log/merkle.hpp"

namespace sekisho::trust {
namespace {

TEST(Tile, Paths) {
  EXPECT_EQ(tile_path({0, 0, 256}), "tile/0/000");
  EXPECT_EQ(tile_path({0, 1'234'067, 256}), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path({1, 5, 17}), "tile/1/005.p/17");
  EXPECT_EQ(tile_path({TileId::kEntries, 1000, 1}), "tile/entries/x001/000.p/1");
}

TEST(Tile, PathsRoundTrip) {
  const bool ok = rc::check([] {
    TileId id;
    id.level = *rc::gen::inRange(-1, 8);
    id.index = *rc::gen::inRange<std::uint64_t>(0, 1ULL << 56);
    id.width = *rc::gen::inRange(1U, 257U);
    RC_ASSERT(parse_tile_path(tile_path(id)).value() == id);
  });
  ASSERT_TRUE(ok);
}

TEST(Tile, RefusesEveryOtherSpelling) {
  for (const char* bad : {"",
                          "tile",
                          "tile/0",
                          "tile/0/",
                          "tile/0/0",
                          "tile/0/00",
                          "tile/0/0000",
                          "tile/0/x000/001",
                          "tile/0/x1/000",
                          "tile/8/000",
                          "tile/00/000",
                          "tile/-1/000",
                          "tile/0/000.p",
                          "tile/0/000.p/",
                          "tile/0/000.p/0",
                          "tile/0/000.p/256",
                          "tile/0/000.p/01",
                          "tile/0/000/",
                          "tile/0/000.p/1/",
                          "tile/0/../000",
                          "tile/0/..",
                          "/tile/0/000",
                          "tile//0/000",
                          "tile/0/x001",
                          "tile/0/x001.p/3/000",
                          "tile/entry/000",
                          "tile/0/000.q/1",
                          "tile/0/x999/x999/x999/x999/x999/x999/000",
                          "tile/0/0x1"}) {
    EXPECT_FALSE(parse_tile_path(bad)) << bad;
  }
}

TEST(Tile, WidthsOfATreeOf70000) {
  EXPECT_EQ(tile_width(70'000, 0, 272), 256U);
  EXPECT_EQ(tile_width(70'000, 0, 273), 112U);
  EXPECT_EQ(tile_width(70'000, 0, 274), 0U);
  EXPECT_EQ(tile_width(70'000, 1, 0), 256U);
  EXPECT_EQ(tile_width(70'000, 1, 1), 17U);
  EXPECT_EQ(tile_width(70'000, 2, 0), 1U);
  EXPECT_EQ(tile_width(70'000, 3, 0), 0U);
}

// The tiles of a tree, as a log would store them.
std::map<std::string, Bytes> tiles_of(const std::vector<Digest>& leaves) {
  std::map<std::string, Bytes> out;
  std::vector<Digest> hashes = leaves;
  for (unsigned level = 0; !hashes.empty(); ++level) {
    std::vector<Digest> above;
    for (std::uint64_t index = 0; index * kTileWidth < hashes.size(); ++index) {
      const unsigned width = tile_width(leaves.size(), level, index);
      Bytes& tile = out[tile_path({static_cast<int>(level), index, width})];
      const auto part = std::span(hashes).subspan(static_cast<std::size_t>(index) * kTileWidth, width);
      for (const Digest& hash : part) append(tile, hash);
      if (width == kTileWidth) above.push_back(tree_root(part));
    }
    hashes = std::move(above);
  }
  return out;
}

TEST(Tile, ProofsOutOfTiles) {
  std::vector<Digest> leaves;
  for (std::uint64_t i = 0; i < 70'000; ++i) leaves.push_back(leaf_hash(be64(i)));
  const auto tiles = tiles_of(leaves);
  std::size_t read = 0;
  const TileReader reader = [&](const TileId& id) -> Result<Bytes> {
    ++read;
    const auto it = tiles.find(tile_path(id));
    if (it == tiles.end()) return fail(Code::NotFound, tile_path(id));
    return it->second;
  };
  const Digest root = tree_root(leaves);
  EXPECT_EQ(root_at(leaves.size(), tile_hash_reader(leaves.size(), reader)).value(), root);
  for (const std::uint64_t index : {0ULL, 1ULL, 255ULL, 256ULL, 65'535ULL, 65'536ULL, 69'999ULL}) {
    read = 0;
    const auto path = inclusion_proof(leaves.size(), index, tile_hash_reader(leaves.size(), reader));
    ASSERT_TRUE(path) << path.error().chain();
    EXPECT_TRUE(verify_inclusion(index, leaves.size(), leaves[index], *path, root)) << index;
    EXPECT_LE(read, 6U);
  }
  for (const std::uint64_t m : {1ULL, 256ULL, 65'536ULL, 66'000ULL, 69'999ULL}) {
    const auto proof = consistency_proof(m, leaves.size(), tile_hash_reader(leaves.size(), reader)).value();
    EXPECT_TRUE(verify_consistency(m, leaves.size(), tree_root(std::span(leaves).first(m)), root, proof)) << m;
  }
}

TEST(Tile, WrongTileLengthIsRefused) {
  const HashReader reader = tile_hash_reader(3, [](const TileId&) -> Result<Bytes> { return Bytes(95); });
  EXPECT_FALSE(reader(0, 0));
}

TEST(Tile, EntryBundles) {
  Bytes bundle;
  ASSERT_TRUE(append_to_entry_bundle(bundle, to_bytes("one")));
  ASSERT_TRUE(append_to_entry_bundle(bundle, {}));
  EXPECT_FALSE(append_to_entry_bundle(bundle, Bytes(65'536)));
  const auto entries = parse_entry_bundle(bundle, 2).value();
  EXPECT_EQ(as_text(entries[0]), "one");
  EXPECT_TRUE(entries[1].empty());
  EXPECT_FALSE(parse_entry_bundle(bundle, 1));
  EXPECT_FALSE(parse_entry_bundle(bundle, 3));
  EXPECT_FALSE(parse_entry_bundle(BytesView(bundle).first(4), 1));
  EXPECT_FALSE(parse_entry_bundle(BytesView(bundle).first(1), 1));
}

}  // namespace
}  // namespace sekisho::trust
