#include "node/storage/rocksdb_disclosures.hpp"

#include <gtest/gtest.h>

#include "base/core/file.hpp"
#include "tests/support/temp_folder.hpp"

namespace sekisho::node {
namespace {

using testing_support::TempFolder;

bool any_file_holds(const std::filesystem::path& folder, const Digest& octets) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const Bytes content = read_file(entry.path(), 64U << 20).value();
    if (as_text(content).find(as_text(BytesView(octets))) != std::string_view::npos) return true;
  }
  return false;
}

Digest salt(std::uint8_t seed) {
  Digest out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(seed + 7 * i);
  return out;
}

TEST(Disclosures, PutGetAndRestart) {
  const TempFolder folder;
  {
    auto store = RocksDbDisclosures::open(folder.path() / "d").value();
    EXPECT_FALSE(store->get(Digest{1}).value());
    ASSERT_TRUE(store->put(Digest{1}, salt(1)));
    EXPECT_EQ(store->get(Digest{1}).value(), salt(1));
  }
  auto store = RocksDbDisclosures::open(folder.path() / "d").value();
  EXPECT_EQ(store->get(Digest{1}).value(), salt(1));
}

TEST(Disclosures, ErasedSaltIsInNoFile) {
  const TempFolder folder;
  auto store = RocksDbDisclosures::open(folder.path() / "d").value();
  for (std::uint8_t i = 1; i < 20; ++i) ASSERT_TRUE(store->put(Digest{i}, salt(i)));
  ASSERT_TRUE(any_file_holds(folder.path(), salt(7)));
  ASSERT_TRUE(store->erase(Digest{7}));
  EXPECT_FALSE(store->get(Digest{7}).value());
  EXPECT_FALSE(any_file_holds(folder.path(), salt(7)));
  EXPECT_EQ(store->get(Digest{8}).value(), salt(8));
  EXPECT_TRUE(store->erase(Digest{99}));
}

}  // namespace
}  // namespace sekisho::node
