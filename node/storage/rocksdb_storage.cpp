#include "node/storage/rocksdb_storage.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <shared_mutex>
#include <vector>

#include <rocksdb/env.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include "node/storage/rocksdb_hooks.hpp"
#include "node/storage/rocksdb_settings.hpp"

namespace sekisho::node {

namespace {

// RocksDB asserts that no slice is null, also an empty one.
rocksdb::Slice slice(BytesView bytes) {
  return bytes.empty() ? rocksdb::Slice("", 0)
                       : rocksdb::Slice(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}
BytesView view(const rocksdb::Slice& s) { return as_bytes({s.data(), s.size()}); }

// "default" holds nothing: RocksDB wants it.
std::vector<rocksdb::ColumnFamilyDescriptor> descriptors(const RocksDbOptions& options,
                                                         const std::shared_ptr<rocksdb::Cache>& cache) {
  std::vector<rocksdb::ColumnFamilyDescriptor> out;
  out.emplace_back(rocksdb::kDefaultColumnFamilyName, family_options(Family::Meta, options, cache));
  for (std::size_t f = 0; f < kFamilies; ++f) {
    const Family family = static_cast<Family>(f);
    out.emplace_back(std::string(family_name(family)), family_options(family, options, cache));
  }
  return out;
}

Bytes be32(std::uint32_t v) {
  const auto wide = be64(v);
  return {wide.begin() + 4, wide.end()};
}

}  // namespace

class RocksDbStorage::Impl {
 public:
  explicit Impl(RocksDbOptions o) : options(std::move(o)), cache(rocksdb::NewLRUCache(options.cache_bytes)) {
    if (options.hooks && options.hooks->file_system) env = rocksdb::NewCompositeEnv(options.hooks->file_system);
  }
  ~Impl() { close(); }

  Status open();
  rocksdb::Status open_database(rocksdb::DB*& raw);
  Status check_identity();
  Status write_schema(rocksdb::WriteBatch& batch);
  void close();

  rocksdb::ColumnFamilyHandle* handle(Family family) const { return handles[static_cast<std::size_t>(family) + 1]; }
  bool sync() const { return !options.hooks || options.hooks->sync; }

  const RocksDbOptions options;
  const std::shared_ptr<rocksdb::Cache> cache;
  std::unique_ptr<rocksdb::Env> env;
  mutable std::shared_mutex mutex;  // shared: use of db; exclusive: reopen
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
};

// Without CURRENT RocksDB would begin anew, and remove what it takes for leftovers.
bool has_lost_current(const std::filesystem::path& folder) {
  std::error_code ec;
  if (std::filesystem::exists(folder / "CURRENT", ec)) return false;
  return std::ranges::any_of(std::filesystem::directory_iterator(folder, ec), [](const auto& file) {
    return file.path().extension() == ".sst" || file.path().extension() == ".log";
  });
}

// A new database gets its families in one call: one by one RocksDB would write its options file anew for each.
rocksdb::Status RocksDbStorage::Impl::open_database(rocksdb::DB*& raw) {
  const std::string path = options.path.string();
  const rocksdb::DBOptions settings = log_db_options(options, env ? env.get() : rocksdb::Env::Default());
  std::vector<rocksdb::ColumnFamilyDescriptor> families = descriptors(options, cache);
  if (std::filesystem::exists(options.path / "CURRENT")) {
    return rocksdb::DB::Open(settings, path, families, &handles, &raw);
  }
  const std::vector<rocksdb::ColumnFamilyDescriptor> first(families.begin(), families.begin() + 1);
  families.erase(families.begin());
  rocksdb::Status opened = rocksdb::DB::Open(settings, path, first, &handles, &raw);
  if (!opened.ok()) return opened;
  std::vector<rocksdb::ColumnFamilyHandle*> made;
  opened = raw->CreateColumnFamilies(families, &made);
  handles.insert(handles.end(), made.begin(), made.end());
  return opened;
}

Status RocksDbStorage::Impl::open() {
  const std::string path = options.path.string();
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(errno == ENOSPC ? Code::DiskFull : Code::Io, "cannot make the database folder " + path);
  }
  if (has_lost_current(options.path)) {
    return fail(Code::DatabaseDamaged, "the database " + path + " has lost its file CURRENT");
  }
  rocksdb::DB* raw = nullptr;
  const rocksdb::Status opened = open_database(raw);
  db.reset(raw);
  if (!opened.ok()) {
    close();
    return fail(to_error(opened, "cannot open the database " + path));
  }
  Status settings_hold = assert_settings(*db);
  if (!settings_hold) return settings_hold;
  return check_identity();
}

// Schema and owner: compared at every open; an older schema is raised.
Status RocksDbStorage::Impl::check_identity() {
  const rocksdb::ReadOptions read;
  std::string schema;
  const rocksdb::Status got = db->Get(read, handle(Family::Meta), slice(as_bytes(kMetaSchema)), &schema);
  if (got.IsNotFound()) {
    rocksdb::WriteBatch batch;
    if (!options.did.empty()) batch.Put(handle(Family::Meta), slice(as_bytes(kMetaOwner)), options.did);
    return write_schema(batch);
  }
  if (!got.ok()) return fail(to_error(got, "cannot read the database " + options.path.string()));
  const std::uint64_t version = read_be64(as_bytes(schema));
  if (version > kStorageSchema) {
    return fail(Code::SchemaNewer, "the database " + options.path.string() + " is of schema " +
                                       std::to_string(version) + ", this program knows " +
                                       std::to_string(kStorageSchema));
  }
  std::string owner;
  const rocksdb::Status owned = db->Get(read, handle(Family::Meta), slice(as_bytes(kMetaOwner)), &owner);
  if (!owned.ok() && !owned.IsNotFound()) return fail(to_error(owned, "cannot read the database"));
  if (owned.ok() && !options.did.empty() && owner != options.did) {
    return fail(Code::DataFolderForeign,
                "the database " + options.path.string() + " belongs to " + owner + ", not to " + options.did);
  }
  rocksdb::WriteBatch batch;
  return version < kStorageSchema ? write_schema(batch) : Status();
}

Status RocksDbStorage::Impl::write_schema(rocksdb::WriteBatch& batch) {
  batch.Put(handle(Family::Meta), slice(as_bytes(kMetaSchema)), slice(be32(kStorageSchema)));
  const rocksdb::Status written = db->Write(write_options(sync()), &batch);
  if (!written.ok()) return fail(to_error(written, "cannot write to the database " + options.path.string()));
  return {};
}

void RocksDbStorage::Impl::close() {
  if (!db) return;
  for (rocksdb::ColumnFamilyHandle* h : handles) db->DestroyColumnFamilyHandle(h);
  handles.clear();
  db->Close().PermitUncheckedError();
  db.reset();
}

RocksDbStorage::RocksDbStorage(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksDbStorage::~RocksDbStorage() = default;

Result<std::unique_ptr<RocksDbStorage>> RocksDbStorage::open(RocksDbOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  Status opened = impl->open();
  if (!opened) return fail(opened.error());
  return std::unique_ptr<RocksDbStorage>(new RocksDbStorage(std::move(impl)));
}

Status RocksDbStorage::commit(std::span<const Mutation> mutations) {
  const std::shared_lock lock(impl_->mutex);
  if (!impl_->db) return fail(Code::Io, "the database is closed");
  const rocksdb::WriteOptions write = write_options(impl_->sync());
  std::size_t bytes = 64;
  for (const Mutation& m : mutations) bytes += 16 + m.key.size() + (m.value ? m.value->size() : 0);
  rocksdb::WriteBatch batch(bytes, 0, write.protection_bytes_per_key, 0);
  for (const Mutation& m : mutations) {
    const rocksdb::Status added = m.value ? batch.Put(impl_->handle(m.family), slice(m.key), slice(*m.value))
                                          : batch.Delete(impl_->handle(m.family), slice(m.key));
    if (!added.ok()) return fail(to_error(added, "cannot build a batch"));
  }
  const rocksdb::Status written = impl_->db->Write(write, &batch);
  if (!written.ok()) return fail(to_error(written, "cannot commit to " + impl_->options.path.string()));
  return {};
}

Result<std::optional<Bytes>> RocksDbStorage::get(Family family, BytesView key) const {
  const std::shared_lock lock(impl_->mutex);
  if (!impl_->db) return fail(Code::Io, "the database is closed");
  rocksdb::PinnableSlice value;
  const rocksdb::Status got = impl_->db->Get({}, impl_->handle(family), slice(key), &value);
  if (got.IsNotFound()) return std::optional<Bytes>();
  if (!got.ok()) return fail(to_error(got, "cannot read from " + impl_->options.path.string()));
  return std::optional<Bytes>(to_bytes(view(value)));
}

Status RocksDbStorage::scan(Family family, BytesView from, BytesView prefix, const Each& each) const {
  const std::shared_lock lock(impl_->mutex);
  if (!impl_->db) return fail(Code::Io, "the database is closed");
  rocksdb::ReadOptions read;
  // The bloom filter of the posting family knows prefixes of one length only.
  const bool by_prefix = family == Family::Posting && prefix.size() >= kPostingPrefix;
  read.total_order_seek = !by_prefix;
  read.prefix_same_as_start = by_prefix;
  const std::unique_ptr<rocksdb::Iterator> row(impl_->db->NewIterator(read, impl_->handle(family)));
  const rocksdb::Slice wanted = slice(prefix);
  row->Seek(slice(from).compare(wanted) > 0 ? slice(from) : wanted);
  for (; row->Valid() && row->key().starts_with(wanted); row->Next()) {
    if (!each(view(row->key()), view(row->value()))) return {};
  }
  if (!row->status().ok()) return fail(to_error(row->status(), "cannot read from " + impl_->options.path.string()));
  return {};
}

Status RocksDbStorage::reopen() {
  const std::unique_lock lock(impl_->mutex);
  impl_->close();
  return impl_->open();
}

Status RocksDbStorage::verify_checksums() const {
  const std::shared_lock lock(impl_->mutex);
  if (!impl_->db) return fail(Code::Io, "the database is closed");
  const rocksdb::Status verified = impl_->db->VerifyChecksum();
  if (!verified.ok()) return fail(to_error(verified, "the files of " + impl_->options.path.string()));
  return {};
}

Status RocksDbStorage::checkpoint_to(const std::filesystem::path& folder) const {
  const std::shared_lock lock(impl_->mutex);
  if (!impl_->db) return fail(Code::Io, "the database is closed");
  rocksdb::Checkpoint* raw = nullptr;
  rocksdb::Status made = rocksdb::Checkpoint::Create(impl_->db.get(), &raw);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
  if (made.ok()) made = checkpoint->CreateCheckpoint(folder.string(), 0);
  if (!made.ok()) return fail(to_error(made, "cannot copy the database to " + folder.string()));
  return {};
}

}  // namespace sekisho::node
