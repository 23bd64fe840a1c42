#include "node/storage/rocksdb_storage.hpp"

#include <fstream>

#include <rocksdb/db.h>

#include "base/core/file.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/node/journal/storage_conformance.hpp"

namespace sekisho::node::testing {
namespace {

using testing_support::TempFolder;

RocksDbOptions at(const TempFolder& folder, const std::string& did = "did:web:a.example") {
  RocksDbOptions options;
  options.path = folder.path() / "db";
  options.did = did;
  return options;
}

struct RocksDbFactory {
  TempFolder folder;
  std::unique_ptr<Storage> open() { return RocksDbStorage::open(at(folder)).value(); }
  void restart(std::unique_ptr<Storage>& storage) {
    storage.reset();
    storage = open();
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(RocksDb, StorageConformance, RocksDbFactory);

Code refusal(RocksDbOptions options) {
  Result<std::unique_ptr<RocksDbStorage>> opened = RocksDbStorage::open(std::move(options));
  if (opened) return Code::Internal;
  EXPECT_NE(opened.error().message.find("db"), std::string::npos) << "names the folder: " << opened.error().message;
  return opened.error().code;
}

std::vector<std::filesystem::path> files(const TempFolder& folder, const std::string& extension) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "db")) {
    if (entry.path().extension() == extension) out.push_back(entry.path());
  }
  return out;
}

void flip(const std::filesystem::path& path, std::size_t octet) {
  Bytes content = read_file(path, 64U << 20).value();
  content.at(octet) ^= 0x40;
  std::ofstream(path, std::ios::binary) << as_text(content);
}

TEST(RocksDbStorage, SecondProcessFindsItLocked) {
  const TempFolder folder;
  auto first = RocksDbStorage::open(at(folder)).value();
  EXPECT_EQ(refusal(at(folder)), Code::DatabaseLocked);
  first.reset();
  EXPECT_TRUE(RocksDbStorage::open(at(folder)));
}

TEST(RocksDbStorage, OtherOwnerIsRefused) {
  const TempFolder folder;
  RocksDbStorage::open(at(folder)).value().reset();
  EXPECT_EQ(refusal(at(folder, "did:web:b.example")), Code::DataFolderForeign);
}

TEST(RocksDbStorage, AMissingFileIsDamageAndNothingIsBegunAnew) {
  for (const std::string name : {"MANIFEST", "CURRENT"}) {
    const TempFolder folder;
    RocksDbStorage::open(at(folder)).value().reset();
    for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "db")) {
      if (entry.path().filename().string().starts_with(name)) std::filesystem::remove(entry.path());
    }
    EXPECT_EQ(refusal(at(folder)), Code::DatabaseDamaged) << name;
    EXPECT_FALSE(files(folder, ".log").empty()) << name;
  }
}

TEST(RocksDbStorage, AnOlderSchemaIsRaised) {
  const TempFolder folder;
  {
    auto storage = RocksDbStorage::open(at(folder)).value();
    ASSERT_TRUE(storage->commit(std::vector<Mutation>{{Family::Meta, to_bytes(kMetaSchema), Bytes{0, 0, 0, 1}}}));
  }
  const auto storage = RocksDbStorage::open(at(folder)).value();
  const auto schema = storage->get(Family::Meta, as_bytes(kMetaSchema)).value();
  EXPECT_EQ(schema, (Bytes{0, 0, 0, kStorageSchema}));
}

TEST(RocksDbStorage, NewerSchemaAndUnknownFamiliesAreRefused) {
  const TempFolder folder;
  {
    auto storage = RocksDbStorage::open(at(folder)).value();
    ASSERT_TRUE(storage->commit(std::vector<Mutation>{{Family::Meta, to_bytes(kMetaSchema), Bytes{0, 0, 0, 9}}}));
  }
  EXPECT_EQ(refusal(at(folder)), Code::SchemaNewer);

  const TempFolder other;
  std::filesystem::create_directory(other.path() / "db");
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, (other.path() / "db").string(), &db).ok());
  rocksdb::ColumnFamilyHandle* handle = nullptr;
  ASSERT_TRUE(db->CreateColumnFamily({}, "from-the-future", &handle).ok());
  db->DestroyColumnFamilyHandle(handle);
  delete db;
  EXPECT_EQ(refusal(at(other)), Code::SchemaNewer);
}

TEST(RocksDbStorage, FlippedBitInTheMiddleOfTheWalIsRefused) {
  const TempFolder folder;
  {
    auto storage = RocksDbStorage::open(at(folder)).value();
    for (int i = 0; i < 200; ++i) {
      ASSERT_TRUE(storage->commit(std::vector{put(Family::Entry, std::to_string(i), std::string(600, 'v'))}));
    }
  }
  const auto wals = files(folder, ".log");
  ASSERT_EQ(wals.size(), 1U);
  flip(wals[0], std::filesystem::file_size(wals[0]) / 2);
  EXPECT_EQ(refusal(at(folder)), Code::DatabaseDamaged);
}

TEST(RocksDbStorage, FlippedBitInATableIsFoundByTheCheck) {
  const TempFolder folder;
  {
    auto storage = RocksDbStorage::open(at(folder)).value();
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(storage->commit(std::vector{put(Family::Entry, std::to_string(i), std::string(600, 'v'))}));
    }
    EXPECT_TRUE(storage->verify_checksums());
    ASSERT_TRUE(storage->checkpoint_to(folder.path() / "copy"));  // flushes
  }
  std::filesystem::path largest;
  for (const auto& table : files(folder, ".sst")) {
    if (largest.empty() || std::filesystem::file_size(table) > std::filesystem::file_size(largest)) largest = table;
  }
  ASSERT_FALSE(largest.empty());
  flip(largest, 1000);
  auto storage = RocksDbStorage::open(at(folder)).value();
  EXPECT_EQ(storage->verify_checksums().error().code, Code::DatabaseDamaged);
  RocksDbOptions copy = at(folder);
  copy.path = folder.path() / "copy";
  // Hard links share the damage: a copy is no second medium. The copy opens and holds the rows all the same.
  EXPECT_TRUE(RocksDbStorage::open(copy));
}

TEST(RocksDbStorage, MissingManifestIsDamageNotAnEmptyDatabase) {
  const TempFolder folder;
  {
    auto storage = RocksDbStorage::open(at(folder)).value();
    ASSERT_TRUE(storage->commit(std::vector{put(Family::Entry, "k", "v")}));
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "db")) {
    if (entry.path().filename().string().starts_with("MANIFEST")) std::filesystem::remove(entry.path());
  }
  EXPECT_FALSE(RocksDbStorage::open(at(folder)));
}

TEST(RocksDbStorage, FolderThatCannotBeMadeIsNamed) {
  RocksDbOptions options;
  options.path = "/proc/db";
  EXPECT_EQ(refusal(options), Code::Io);
}

}  // namespace
}  // namespace sekisho::node::testing
