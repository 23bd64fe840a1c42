// The journal: the one place that commits. Producers hand it units; one writer thread takes everything queued,
// assigns index, time, counter and previous statement, seals all own statements of the batch with one signature,
// and commits entries, tree, indexes and the units' own mutations in one synced batch. Only then is anyone
// told; nothing that is sealed but not durable leaves the process (formats.md 2, audit-and-provenance.md 7.2).
//
// Limits: a batch takes ≤ 1 024 entries and ≤ 1 MiB; the queue ≤ queue_units and ≤ queue_bytes.
// Errors of commit:
//   Busy                  the queue is full; nothing was written (help retry_after_s)
//   ExchangeReplayed      a claim is held by an earlier unit (help index: decimal position of its entry)
//   JournalIndeterminate  the sync failed: the unit may be durable or not; repeat with the same claims
//   JournalStopped        the journal does not write any more; nothing was written
//   LimitExceeded, InvalidArgument   the unit itself is at fault; nothing was written
// After a failed sync the writer reopens the storage once and derives everything again; a second failure without
// a success between them, or damage found on the way, stops it for good.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/async/task.hpp"
#include "base/core/clock.hpp"
#include "base/core/random.hpp"
#include "base/core/result.hpp"
#include "base/crypto/ed25519.hpp"
#include "base/crypto/signer.hpp"
#include "node/journal/head.hpp"
#include "node/journal/reader.hpp"
#include "node/journal/unit.hpp"

namespace sekisho::node {

struct SnapshotRef {
  std::uint64_t seq = 0;
  Digest digest{};
};

struct JournalOptions {
  std::string origin;     // of a new log: from log_origin(), or as enrolled; a stored log of the same host goes on
  trust::Issuer issuer;   // did, zone, digest of the statement certificate
  std::shared_ptr<Signer> statement_signer;
  Ed25519PublicKey log_key;  // named by GENESIS, verifies the anchor file
  std::string anchor;     // path of the anchor file; empty: none (tests of other rooms)
  std::string build_id;   // named by START
  std::function<SnapshotRef()> snapshot;  // any thread; cheap
  std::shared_ptr<const Clock> clock;
  std::shared_ptr<Random> random;
  std::size_t queue_units = 8192;
  std::size_t queue_bytes = 32U << 20;
  bool thread = true;     // false: no writer thread, the owner calls write(); for simulations
};

// What the successor of a restored database says about the log that ends (kinds GENESIS and LOG_CLOSE).
struct SuccessorReason {
  std::string reason;  // for the operator and the auditors: "restored from backup of …"
};

class Journal {
 public:
  // Recovers (audit-and-provenance.md 7.7), appends GENESIS (new log) and START, and starts the writer.
  // Errors: DataFolderForeign, DatabaseRolledBack, DatabaseDamaged, SchemaNewer, Io …; each names the mend.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> open(JournalOptions options, std::shared_ptr<Storage> storage);

  // After a restore from backup: ends the stored log without signing under its origin again and opens
  // successor_origin() of it. Its first entries are GENESIS, naming the old origin, its last size and root and
  // the reason, and LOG_CLOSE. The anchor file begins anew. options.origin is ignored.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> open_successor(JournalOptions options,
                                                                      std::shared_ptr<Storage> storage,
                                                                      SuccessorReason reason);

  ~Journal();  // stop()
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Any executor; resumes on the caller's. The unit is queued by the call itself. A caller that is cancelled while
  // it waits does not know the outcome: the unit commits all the same.
  [[nodiscard]] async::Task<Result<Committed>> commit(Unit unit);

  // Blocks the calling thread: start-up, tests, tools. Never on an io thread.
  [[nodiscard]] Result<Committed> commit_blocking(Unit unit);

  [[nodiscard]] const LogReader& reader() const;
  [[nodiscard]] Head head() const;  // newest durable
  [[nodiscard]] const std::string& origin() const;
  [[nodiscard]] bool stopped() const;

  // Called on the writer thread after each durable commit; must return at once (the publisher's wake-up). One
  // observer; empty takes it away, and returns only when no call is running.
  void observe(std::function<void(const Head&)> on_durable);

  // Without a writer thread: commits what is queued, as one batch, on the calling thread. False: nothing was queued.
  bool write();
  // Units wait for the writer.
  [[nodiscard]] bool queued() const;

  // Writes what is queued, then ends the writer; without a thread what is queued is refused. Idempotent; later commits get
  // JournalStopped.
  void stop();

 private:
  class Impl;
  explicit Journal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The origin of the log in this database; nullopt when it is empty.
[[nodiscard]] Result<std::optional<std::string>> stored_origin(const Storage& storage);

}  // namespace sekisho::node
