#include "tests/support/unsynced_file_system.hpp"

#include <mutex>

namespace sekisho::testing_support {

namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

bool is_wal(const std::string& name) { return name.size() > 4 && name.compare(name.size() - 4, 4, ".log") == 0; }

// True once, when the count reaches its end.
bool due(std::atomic<std::int64_t>& countdown) {
  std::int64_t left = countdown.load();
  while (left >= 0) {
    if (countdown.compare_exchange_weak(left, left - 1)) return left == 0;
  }
  return false;
}

class HeldFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  HeldFile(std::unique_ptr<rocksdb::FSWritableFile>&& target, std::shared_ptr<FaultPlan> plan, bool hold, bool wal)
      : FSWritableFileOwnerWrapper(std::move(target)), plan_(std::move(plan)), hold_(hold), wal_(wal) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    if (wal_ && due(plan_->fail_append_in)) {
      return plan_->no_space ? IOStatus::NoSpace("planted: No space left on device") : IOStatus::IOError("planted EIO");
    }
    if (!hold_) return target()->Append(data, options, debug);
    const std::lock_guard lock(mutex_);
    held_.append(data.data(), data.size());
    return IOStatus::OK();
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
    return hold_ ? IOStatus::OK() : target()->Flush(options, debug);
  }
  IOStatus RangeSync(std::uint64_t offset, std::uint64_t size, const IOOptions& options,
                     IODebugContext* debug) override {
    return hold_ ? IOStatus::OK() : target()->RangeSync(offset, size, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override { return sync(options, debug, false); }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override { return sync(options, debug, true); }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus released = release(options, debug);
    return released.ok() ? target()->Close(options, debug) : released;
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    const IOStatus released = release(options, debug);
    return released.ok() ? target()->Truncate(size, options, debug) : released;
  }
  std::uint64_t GetFileSize(const IOOptions& options, IODebugContext* debug) override {
    const std::lock_guard lock(mutex_);
    return target()->GetFileSize(options, debug) + held_.size();
  }
  bool IsSyncThreadSafe() const override { return true; }

 private:
  IOStatus release(const IOOptions& options, IODebugContext* debug) {
    const std::lock_guard lock(mutex_);
    if (held_.empty()) return IOStatus::OK();
    IOStatus written = target()->Append(held_, options, debug);
    held_.clear();
    if (written.ok()) written = target()->Flush(options, debug);
    return written;
  }
  IOStatus sync(const IOOptions& options, IODebugContext* debug, bool metadata) {
    if (wal_) {
      ++plan_->syncs;
      // After a failed fsync the octets may be on the medium all the same: released, but not reported as synced.
      if (due(plan_->fail_sync_in)) {
        release(options, debug).PermitUncheckedError();
        return IOStatus::IOError("planted EIO at sync");
      }
    }
    const IOStatus released = release(options, debug);
    if (!released.ok()) return released;
    return metadata ? target()->Fsync(options, debug) : target()->Sync(options, debug);
  }

  const std::shared_ptr<FaultPlan> plan_;
  const bool hold_;
  const bool wal_;
  std::mutex mutex_;
  std::string held_;
};

}  // namespace

UnsyncedFileSystem::UnsyncedFileSystem(bool hold)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), hold_(hold) {}

IOStatus UnsyncedFileSystem::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                             std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSWritableFile> file;
  const IOStatus made = target()->NewWritableFile(name, options, &file, debug);
  if (made.ok()) *result = std::make_unique<HeldFile>(std::move(file), plan_, hold_, is_wal(name));
  return made;
}

IOStatus UnsyncedFileSystem::ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                                std::unique_ptr<rocksdb::FSWritableFile>* result,
                                                IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSWritableFile> file;
  const IOStatus made = target()->ReopenWritableFile(name, options, &file, debug);
  if (made.ok()) *result = std::make_unique<HeldFile>(std::move(file), plan_, hold_, is_wal(name));
  return made;
}

}  // namespace sekisho::testing_support
