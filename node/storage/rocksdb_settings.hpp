// The settings of audit-and-provenance.md 5.1: what the databases are opened with, and the proof at each open that
// RocksDB took them (it silently corrects combinations that it does not like).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include "base/core/error.hpp"
#include "base/core/result.hpp"
#include "node/journal/ports/storage.hpp"
#include "node/storage/rocksdb_storage.hpp"

namespace sekisho::node {

[[nodiscard]] rocksdb::DBOptions log_db_options(const RocksDbOptions& options, rocksdb::Env* env);
[[nodiscard]] rocksdb::ColumnFamilyOptions family_options(Family family, const RocksDbOptions& options,
                                                          const std::shared_ptr<rocksdb::Cache>& cache);
[[nodiscard]] rocksdb::WriteOptions write_options(bool sync);

// Reads the options back from the open database. Code::Internal naming the option that is another.
[[nodiscard]] Status assert_settings(rocksdb::DB& db);

// A RocksDB status as our error: which code, and the text with the folder.
[[nodiscard]] Error to_error(const rocksdb::Status& status, const std::string& what);

}  // namespace sekisho::node
