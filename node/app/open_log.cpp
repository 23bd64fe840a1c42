// The lower layers of a node: who it is, what is durable, whom it believes, its log.
#include <fmt/format.h>

#include "base/core/file.hpp"
#include "base/core/log.hpp"
#include "base/core/version.hpp"
#include "node/app/node_parts.hpp"
#include "node/app/open_stopped.hpp"
#include "node/app/restored.hpp"
#include "node/audit/closed_logs.hpp"
#include "node/identity/trust_material.hpp"
#include "node/journal/origin.hpp"

namespace sekisho::node {

Status Node::Parts::open_identity() {
  clock = settings.clock_uncertainty ? std::make_shared<SystemClock>(*settings.clock_uncertainty) : std::make_shared<SystemClock>();
  auto loaded = node::open_identity(settings, true);
  if (!loaded) return fail(loaded.error());
  self = std::move(*loaded);
  return {};
}

Status Node::Parts::open_storage(const NodeHooks* hooks) {
  RocksDbOptions options;
  options.path = settings.data / "log";
  options.did = self.did;
  if (hooks != nullptr) options.hooks = hooks->storage;
  std::error_code ec;
  std::filesystem::create_directories(settings.data, ec);
  if (ec) return fail(Code::Io, fmt::format("the data folder {} cannot be made: {}", settings.data.string(), ec.message()));
  auto opened = RocksDbStorage::open(std::move(options));
  if (!opened) return fail(opened.error());
  storage = std::move(*opened);
  auto salts = RocksDbDisclosures::open(settings.data / "disclosures");
  if (!salts) return fail(salts.error());
  disclosures = std::move(*salts);
  return {};
}

Status Node::Parts::archive(BytesView snapshot, const trust::TrustState& state) {
  (void)snapshot;
  auto rows = trust_material(state);
  rows.push_back(newest_snapshot_row(state));
  // Before the log is open the storage is this thread's alone; afterwards only the writer commits.
  if (!journal) return storage->commit(rows);
  Unit unit;
  unit.mutations = std::move(rows);
  const auto detail = canonical_json(JsonObject{{"what", "snapshot"}, {"sequence", static_cast<std::int64_t>(state.sequence())}});
  if (!detail) return fail(detail.error());
  unit.entries.push_back(EntryDraft{pb::GOVERNANCE, Uuid{}, *detail, std::nullopt, {}});
  const auto committed = journal->commit_blocking(std::move(unit));
  if (!committed) return fail(committed.error());
  return {};
}

Status Node::Parts::open_trust() {
  const auto newest = newest_snapshot(*storage);
  if (!newest) return fail(newest.error());
  trust = std::make_unique<TrustHolder>(self.descriptor, *clock, *newest);
  trust->set_archive([this](BytesView snapshot, const trust::TrustState& state) { return archive(snapshot, state); });
  const auto bytes = read_file(settings.snapshot, kMaxSnapshotBytes);
  if (!bytes) {
    return fail(Code::SnapshotInvalid, fmt::format("'trust.snapshot' {} cannot be read", settings.snapshot.string()), bytes.error());
  }
  if (auto taken = trust->replace(*bytes); !taken) {
    return fail(taken.error().code, fmt::format("'trust.snapshot' {} is refused", settings.snapshot.string()), taken.error());
  }
  return {};
}

Status Node::Parts::open_log() {
  JournalOptions options;
  options.origin = log_origin(self.dns, clock->now());
  const auto stored = stored_origin(*storage);
  if (!stored) return fail(stored.error());
  if (*stored) options.origin = **stored;
  options.issuer = trust::Issuer{self.did, self.zone, self.statement_cert};
  options.statement_signer = self.statement_signer;
  options.log_key = self.log_signer->public_key();
  options.anchor = settings.anchor.string();
  options.build_id = std::string(version());
  options.snapshot = [holder = trust.get()] {
    const auto state = holder->current();
    return state ? SnapshotRef{state->sequence(), state->digest()} : SnapshotRef{};
  };
  options.clock = clock;
  options.random = random;
  options.queue_units = settings.limits.journal_queue;

  const auto mark = read_restored(settings.data);
  if (!mark) return fail(mark.error());
  auto opened = *mark ? Journal::open_successor(std::move(options), storage, SuccessorReason{**mark}) : Journal::open(std::move(options), storage);
  if (!opened) return fail(opened.error());
  journal = std::move(*opened);
  if (*mark) log_warn("log.successor", {{"origin", journal->origin()}, {"reason", **mark}});
  PublisherOptions publishing;
  publishing.log_signer = self.log_signer;
  publishing.anchor = settings.anchor.string();
  if (auto kept = keep_closed_logs(*journal, *storage, *self.log_signer); !kept) return kept;
  auto started = Publisher::start(*journal, std::move(publishing));
  if (!started) return fail(started.error());
  publisher = std::move(*started);
  // The first checkpoint of a successor is anchored: only now does the database stand without the mark.
  if (*mark) return clear_restored(settings.data);
  return {};
}

}  // namespace sekisho::node
