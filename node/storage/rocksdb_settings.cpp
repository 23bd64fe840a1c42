#include "node/storage/rocksdb_settings.hpp"

#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

namespace sekisho::node {

namespace {

// Families that grow by appending; the others are small and rewritten in place.
bool is_large(Family family) {
  return family == Family::Entry || family == Family::Tile || family == Family::Posting || family == Family::Unique ||
         family == Family::Material;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

rocksdb::DBOptions log_db_options(const RocksDbOptions& options, rocksdb::Env* env) {
  rocksdb::DBOptions db;
  db.env = env;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  // The default mode opens a log with a flipped bit and forgets what follows it; this one refuses.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.recycle_log_file_num = 0;      // unsafe with that mode
  db.max_bgerror_resume_count = 0;  // a failed sync is for the journal to handle: fail-stop, reopen, derive again
  db.manual_wal_flush = false;      // not crash-safe
  db.track_and_verify_wals_in_manifest = false;  // false alarms in this version
  db.enable_pipelined_write = false;             // one writer: nothing to gain
  db.two_write_queues = false;
  db.unordered_write = false;
  db.allow_concurrent_memtable_write = false;  // the one writer inserts with hints instead
  db.atomic_flush = false;                     // not needed while the WAL is on
  db.wal_compression = rocksdb::CompressionType::kNoCompression;
  db.paranoid_checks = true;
  db.max_background_jobs = 2;
  db.max_subcompactions = 1;
  db.bytes_per_sync = 1U << 20;
  db.wal_bytes_per_sync = 512U << 10;
  db.max_total_wal_size = 512U << 20;  // a family that is rarely written cannot hold all WALs back
  db.db_write_buffer_size = options.write_buffer;
  db.keep_log_file_num = 4;
  db.max_log_file_size = 1U << 20;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.max_open_files = 256;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

rocksdb::ColumnFamilyOptions family_options(Family family, const RocksDbOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions cf;
  cf.compaction_style = rocksdb::kCompactionStyleLevel;
  cf.compression = rocksdb::kNoCompression;  // the same on all levels, so that ascending keys move without rewriting
  cf.bottommost_compression = rocksdb::kDisableCompressionOption;
  cf.force_consistency_checks = true;
  cf.paranoid_file_checks = !is_large(family);
  cf.write_buffer_size = is_large(family) ? std::max<std::size_t>(options.write_buffer / 2, 1U << 20) : 4U << 20;
  cf.arena_block_size = is_large(family) ? 256U << 10 : 16U << 10;  // memory of an idle node
  cf.max_write_buffer_number = 2;
  // Keys that rise within their first two octets (log; index and kind of entry) go in beside the one before.
  if (family == Family::Entry || family == Family::Unique) {
    cf.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(2));
  }
  // Each exchange asks whether its outcome is claimed already; nearly always it is not.
  if (family == Family::Exchange) {
    cf.memtable_prefix_bloom_size_ratio = 0.05;
    cf.memtable_whole_key_filtering = true;
  }

  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  if (family == Family::Posting) {
    cf.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kPostingPrefix));
    table.whole_key_filtering = false;
  }
  cf.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return cf;
}

rocksdb::WriteOptions write_options(bool sync) {
  rocksdb::WriteOptions write;
  write.sync = sync;
  write.disableWAL = false;
  write.protection_bytes_per_key = 8;
  return write;
}

Status assert_settings(rocksdb::DB& db) {
  const rocksdb::DBOptions o = db.GetDBOptions();
  struct Row {
    const char* name;
    bool holds;
  };
  const Row rows[] = {
      {"wal_recovery_mode", o.wal_recovery_mode == rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords},
      {"recycle_log_file_num", o.recycle_log_file_num == 0},
      {"max_bgerror_resume_count", o.max_bgerror_resume_count == 0},
      {"manual_wal_flush", !o.manual_wal_flush},
      {"track_and_verify_wals_in_manifest", !o.track_and_verify_wals_in_manifest},
      {"enable_pipelined_write", !o.enable_pipelined_write},
      {"two_write_queues", !o.two_write_queues},
      {"unordered_write", !o.unordered_write},
      {"atomic_flush", !o.atomic_flush},
      {"wal_compression", o.wal_compression == rocksdb::CompressionType::kNoCompression},
      {"paranoid_checks", o.paranoid_checks},
      {"verify_sst_unique_id_in_manifest", o.verify_sst_unique_id_in_manifest},
      {"max_total_wal_size", o.max_total_wal_size == (512U << 20)},
      {"force_consistency_checks", db.GetOptions().force_consistency_checks},
  };
  for (const Row& row : rows) {
    if (!row.holds) {
      return fail(Code::Internal, "RocksDB did not take the setting " + std::string(row.name) + "; the log needs it");
    }
  }
  return {};
}

Error to_error(const rocksdb::Status& status, const std::string& what) {
  const std::string text = status.ToString();
  const std::string message = what + ": " + text;
  if (status.IsNoSpace() || contains(text, "No space left")) return {Code::DiskFull, message};
  // A file that the database names is gone.
  if (status.IsCorruption() || status.IsPathNotFound()) return {Code::DatabaseDamaged, message};
  if (status.IsIOError() && contains(text, "lock ")) return {Code::DatabaseLocked, message};
  // A column family or comparator that this program does not know: a newer one wrote it.
  if (status.IsInvalidArgument()) return {Code::SchemaNewer, message};
  return {Code::Io, message};
}

}  // namespace sekisho::node
