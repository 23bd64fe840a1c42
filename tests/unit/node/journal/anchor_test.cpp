#include "node/journal/anchor.hpp"

#include <gtest/gtest.h>

#include "base/core/file.hpp"
#include "tests/support/temp_folder.hpp"

namespace sekisho::node {
namespace {

using testing_support::TempFolder;

TEST(Anchor, NewestSlotWinsAndSequenceContinues) {
  const TempFolder folder;
  const std::string path = folder.file("anchor");
  EXPECT_FALSE(read_anchor(path).value());
  {
    AnchorFile file = AnchorFile::open(path).value();
    for (int i = 1; i <= 5; ++i) ASSERT_TRUE(file.write("note " + std::to_string(i)));
  }
  EXPECT_EQ(read_anchor(path).value()->note, "note 5");
  EXPECT_EQ(read_anchor(path).value()->sequence, 5U);
  AnchorFile again = AnchorFile::open(path).value();
  ASSERT_TRUE(again.write("note 6"));
  EXPECT_EQ(read_anchor(path).value()->sequence, 6U);
}

// A write that stops anywhere damages one slot; the other still holds the note before.
TEST(Anchor, TornWriteFallsBackToTheOtherSlot) {
  const TempFolder folder;
  const std::string path = folder.file("anchor");
  AnchorFile file = AnchorFile::open(path).value();
  ASSERT_TRUE(file.write("first"));
  const Bytes before = read_file(path, 8192).value();
  ASSERT_TRUE(file.write("second"));
  const Bytes after = read_file(path, 8192).value();
  for (std::size_t torn = 1; torn < 4096; torn += 97) {
    Bytes mixed = before;
    mixed.resize(8192);
    for (std::size_t i = 0; i < torn; ++i) mixed[i] = after[i];  // sequence 2 lies in slot 0
    ASSERT_TRUE(write_file_atomic(path, mixed));
    Result<std::optional<AnchorSlot>> read = read_anchor(path);
    ASSERT_TRUE(read) << torn;
    EXPECT_EQ((*read)->note, "first") << torn;
  }
}

TEST(Anchor, EveryFlippedBitIsFound) {
  const TempFolder folder;
  const std::string path = folder.file("anchor");
  {
    AnchorFile file = AnchorFile::open(path).value();
    ASSERT_TRUE(file.write("only"));
  }
  const Bytes good = read_file(path, 8192).value();
  for (std::size_t at = 4096; at < good.size(); at += 13) {  // sequence 1 lies in slot 1
    Bytes bad = good;
    bad[at] ^= 0x10;
    ASSERT_TRUE(write_file_atomic(path, bad));
    Result<std::optional<AnchorSlot>> read = read_anchor(path);
    ASSERT_FALSE(read) << at;
    EXPECT_EQ(read.error().code, Code::DatabaseDamaged);
  }
}

TEST(Anchor, RetiredFileIsKeptBeside) {
  const TempFolder folder;
  const std::string path = folder.file("anchor");
  EXPECT_TRUE(retire_anchor(path));
  AnchorFile file = AnchorFile::open(path).value();
  ASSERT_TRUE(file.write("x"));
  ASSERT_TRUE(retire_anchor(path));
  EXPECT_FALSE(read_anchor(path).value());
  EXPECT_EQ(read_anchor(path + ".1").value()->note, "x");
}

TEST(Anchor, NoteOverTheSlotIsRefused) {
  const TempFolder folder;
  AnchorFile file = AnchorFile::open(folder.file("anchor")).value();
  EXPECT_EQ(file.write(std::string(4001, 'x')).error().code, Code::LimitExceeded);
  EXPECT_TRUE(file.write(std::string(4000, 'x')));
}

}  // namespace
}  // namespace sekisho::node
