// A file system under RocksDB that keeps every appended octet in the process until it is synced: a kill loses what was
// not, as a power cut would. It can also fail: the n-th sync or append from now.
//
// Closing a file hands its held octets over unsynced. Directory entries and renames are the real file system's.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include <rocksdb/file_system.h>

namespace sekisho::testing_support {

// Shared by all files of one file system. Thread-safe.
struct FaultPlan {
  std::atomic<std::int64_t> fail_sync_in{-1};    // 0: the next sync of a WAL fails; -1: none
  std::atomic<std::int64_t> fail_append_in{-1};  // 0: the next append to a WAL fails
  std::atomic<bool> no_space{false};             // failing appends say ENOSPC instead of EIO
  std::atomic<std::uint64_t> syncs{0};           // of WALs, counted
};

class UnsyncedFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit UnsyncedFileSystem(bool hold = true);

  [[nodiscard]] const char* Name() const override { return "UnsyncedFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* debug) override;

  [[nodiscard]] FaultPlan& plan() { return *plan_; }

 private:
  const bool hold_;
  std::shared_ptr<FaultPlan> plan_ = std::make_shared<FaultPlan>();
};

}  // namespace sekisho::testing_support
