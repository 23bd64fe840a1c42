#include "node/storage/rocksdb_disclosures.hpp"

#include <rocksdb/db.h>
#include <rocksdb/table.h>

#include "node/storage/rocksdb_settings.hpp"

namespace sekisho::node {

namespace {

rocksdb::Slice slice(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

rocksdb::Options settings() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.max_bgerror_resume_count = 0;
  options.compression = rocksdb::kNoCompression;
  options.write_buffer_size = 2U << 20;
  options.arena_block_size = 16U << 10;
  options.keep_log_file_num = 2;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.max_open_files = 32;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(1U << 20);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace

class RocksDbDisclosures::Impl {
 public:
  std::string path;
  std::unique_ptr<rocksdb::DB> db;
};

RocksDbDisclosures::RocksDbDisclosures(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksDbDisclosures::~RocksDbDisclosures() = default;

Result<std::unique_ptr<RocksDbDisclosures>> RocksDbDisclosures::open(const std::filesystem::path& path) {
  rocksdb::DB* raw = nullptr;
  const rocksdb::Status opened = rocksdb::DB::Open(settings(), path.string(), &raw);
  if (!opened.ok()) return fail(to_error(opened, "cannot open the disclosure store " + path.string()));
  auto impl = std::make_unique<Impl>();
  impl->path = path.string();
  impl->db.reset(raw);
  return std::unique_ptr<RocksDbDisclosures>(new RocksDbDisclosures(std::move(impl)));
}

Status RocksDbDisclosures::put(const Digest& statement, const Digest& salt) {
  const rocksdb::Status written = impl_->db->Put(write_options(false), slice(statement), slice(salt));
  if (!written.ok()) return fail(to_error(written, "cannot write to the disclosure store " + impl_->path));
  return {};
}

Result<std::optional<Digest>> RocksDbDisclosures::get(const Digest& statement) const {
  std::string value;
  const rocksdb::Status got = impl_->db->Get({}, slice(statement), &value);
  if (got.IsNotFound()) return std::optional<Digest>();
  if (!got.ok()) return fail(to_error(got, "cannot read the disclosure store " + impl_->path));
  Digest salt{};
  if (value.size() != salt.size()) return fail(Code::DatabaseDamaged, "a salt of another length in " + impl_->path);
  std::memcpy(salt.data(), value.data(), salt.size());
  return std::optional<Digest>(salt);
}

Status RocksDbDisclosures::erase(const Digest& statement) {
  rocksdb::Status done = impl_->db->Delete(write_options(true), slice(statement));
  if (done.ok()) done = impl_->db->Flush({});
  if (done.ok()) {
    rocksdb::CompactRangeOptions compact;
    compact.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    done = impl_->db->CompactRange(compact, nullptr, nullptr);
  }
  if (!done.ok()) return fail(to_error(done, "cannot erase from the disclosure store " + impl_->path));
  return {};
}

}  // namespace sekisho::node
