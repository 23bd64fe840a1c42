#include "node/journal/memory_storage.hpp"

#include "tests/unit/node/journal/storage_conformance.hpp"

namespace sekisho::node::testing {
namespace {

struct MemoryFactory {
  std::unique_ptr<Storage> open() { return std::make_unique<MemoryStorage>(); }
  void restart(std::unique_ptr<Storage>&) {}
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StorageConformance, MemoryFactory);

TEST(MemoryStorage, PlantedFaultStopsCommitsUntilReopen) {
  for (const bool present : {false, true}) {
    MemoryStorage storage;
    storage.fail_commit(1, Code::Io, present);
    ASSERT_TRUE(storage.commit(std::vector{put(Family::Meta, "a", "1")}));
    EXPECT_EQ(storage.commit(std::vector{put(Family::Meta, "b", "1")}).error().code, Code::Io);
    EXPECT_FALSE(storage.commit(std::vector{put(Family::Meta, "c", "1")}));
    EXPECT_EQ(read(storage, Family::Meta, "b"), "absent");
    ASSERT_TRUE(storage.reopen());
    EXPECT_EQ(read(storage, Family::Meta, "b"), present ? "1" : "absent");
    EXPECT_TRUE(storage.commit(std::vector{put(Family::Meta, "c", "1")}));
  }
}

TEST(StoragePort, FamilyNamesAreDistinct) {
  std::set<std::string_view> names;
  for (std::size_t f = 0; f < kFamilies; ++f) names.insert(family_name(static_cast<Family>(f)));
  EXPECT_EQ(names.size(), kFamilies);
}

}  // namespace
}  // namespace sekisho::node::testing
