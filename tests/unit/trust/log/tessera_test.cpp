// A log that another implementation wrote (transparency-dev/tessera): 15 entries, checkpoints 0 … 15, partial tiles.
#include <gtest/gtest.h>

#include <iostream>

#include "base/core/encoding.hpp"
#include "tests/support/test_data.hpp"
#include "trust/log/checkpoint.hpp"
#include "trust/log/merkle.hpp"
#include "trust/log/tile.hpp"

namespace sekisho::trust {
namespace {

constexpr std::string_view kKey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
constexpr std::uint64_t kEntries = 15;

TEST(TesseraLog, EveryCheckpointTileAndEntryVerifies) {
  SEKISHO_DATA_OR_SKIP(folder, "tlog/tessera-log");
  const VerifierKey key = parse_vkey(kKey).value();
  EXPECT_EQ(key.id(), 0x33d7b496U);

  Digest previous_root = empty_root();
  for (std::uint64_t size = 0; size <= kEntries; ++size) {
    const auto opened = open_checkpoint(test::read_text(folder / ("checkpoint." + std::to_string(size))), key);
    ASSERT_TRUE(opened) << size << ": " << opened.error().chain();
    EXPECT_EQ(opened->checkpoint.size, size);
    const Digest root = opened->checkpoint.root;
    if (size == 0) {
      EXPECT_EQ(root, empty_root());
      continue;
    }
    const HashReader hashes = tile_hash_reader(
        size, [&](const TileId& id) -> Result<Bytes> { return to_bytes(test::read_text(folder / tile_path(id))); });
    EXPECT_EQ(root_at(size, hashes).value(), root) << size;
    if (size > 1) {
      const auto proof = consistency_proof(size - 1, size, hashes).value();
      EXPECT_TRUE(verify_consistency(size - 1, size, previous_root, root, proof)) << size;
    }
    const Bytes bundle =
        to_bytes(test::read_text(folder / tile_path({TileId::kEntries, 0, static_cast<unsigned>(size)})));
    const auto entries = parse_entry_bundle(bundle, static_cast<unsigned>(size));
    ASSERT_TRUE(entries) << entries.error().chain();
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto path = inclusion_proof(size, index, hashes).value();
      EXPECT_TRUE(verify_inclusion(index, size, leaf_hash((*entries)[index]), path, root)) << size << "/" << index;
    }
    previous_root = root;
  }
  EXPECT_EQ(to_base64(previous_root), "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=");
  std::cout << "vectors: " << kEntries + 1 << " checkpoints of the Tessera log\n";
}

}  // namespace
}  // namespace sekisho::trust
