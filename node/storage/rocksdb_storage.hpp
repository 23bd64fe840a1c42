// Storage on RocksDB: one column family per Family, one shared WAL, every commit synced
// (audit-and-provenance.md 5.1; the settings are read back and asserted at open).
//
// Errors of open: DatabaseLocked (another process), DatabaseDamaged (corruption; never repaired by switching the
// recovery mode), SchemaNewer, DataFolderForeign (another DID's), DiskFull, Io.
// Threads: as the port says. reopen() waits for running reads, then closes and opens the database.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

struct RocksDbHooks;  // rocksdb_hooks.hpp: for tests only

struct RocksDbOptions {
  std::filesystem::path path;            // made (0700) when absent
  std::string did;                       // owner; written at creation, compared at every open
  std::size_t cache_bytes = 16U << 20;   // block cache, shared by all families
  std::size_t write_buffer = 32U << 20;  // of all families together
  std::shared_ptr<const RocksDbHooks> hooks;
};

class RocksDbStorage final : public Storage {
 public:
  [[nodiscard]] static Result<std::unique_ptr<RocksDbStorage>> open(RocksDbOptions options);
  ~RocksDbStorage() override;

  [[nodiscard]] Status commit(std::span<const Mutation> batch) override;
  [[nodiscard]] Result<std::optional<Bytes>> get(Family family, BytesView key) const override;
  [[nodiscard]] Status scan(Family family, BytesView from, BytesView prefix, const Each& each) const override;
  [[nodiscard]] Status reopen() override;

  // Reads every block of every file and checks its checksum (`sekishod check`).
  [[nodiscard]] Status verify_checksums() const;
  // A copy made of hard links, in a folder that must not exist; flushes first, so that it needs no WAL.
  [[nodiscard]] Status checkpoint_to(const std::filesystem::path& folder) const;

 private:
  class Impl;
  explicit RocksDbStorage(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sekisho::node
