// The journal-level node that the crash test kills: database, journal and publisher in one folder, with deterministic
// keys. Used by the child that appends and by the parent that checks.
#pragma once

#include <memory>
#include <string>

#include "base/core/result.hpp"
#include "node/audit/publisher.hpp"
#include "node/journal/journal.hpp"
#include "node/storage/rocksdb_storage.hpp"

namespace sekisho::node::crash {

enum class Mode {
  Real,      // the machine's file system: a kill loses what RocksDB did not write
  Unsynced,  // unsynced octets live in the process: a kill loses them, as a power cut would
  NoSync,    // the same without syncing: must be caught
};

struct CrashNode {
  std::shared_ptr<RocksDbStorage> storage;
  std::unique_ptr<Journal> journal;
  std::unique_ptr<Publisher> publisher;

  [[nodiscard]] static Result<CrashNode> open(const std::string& folder, Mode mode);
  // Database and journal only.
  [[nodiscard]] static Result<CrashNode> open_to_check(const std::string& folder);
};

[[nodiscard]] std::shared_ptr<KeySigner> statement_signer();

// Appends from several threads until killed. Writes one line to `out` for each thing that is released:
//   "E <index> <statement id hex>"       an acknowledged entry
//   "C <size> <root hex>"                a checkpoint that became visible
// Returns only on an error, which it prints.
[[nodiscard]] int run_child(const std::string& folder, Mode mode, int out);

}  // namespace sekisho::node::crash
