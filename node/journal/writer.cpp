#include "node/journal/writer.hpp"

#include "base/core/log.hpp"
#include "node/journal/admission.hpp"
#include "node/journal/recovery.hpp"

namespace sekisho::node {

namespace {

void refuse_all(std::vector<Pending> pending, const Error& error) {
  for (Pending& p : pending) p.done(fail(error));
}

}  // namespace

Writer::Writer(JournalOptions options, std::string origin, std::shared_ptr<Storage> storage, WriterState state)
    : options_(std::move(options)),
      origin_(std::move(origin)),
      storage_(std::move(storage)),
      state_(std::move(state)),
      counters_(*storage_),
      queue_(options_.queue_units, options_.queue_bytes) {
  tree_.publish(state_.head, state_.tree.edge());
}

Writer::~Writer() { stop(); }

Status Writer::start(const std::optional<Predecessor>& predecessor) {
  Status opened = append_opening("start", predecessor);
  if (!opened) return opened;
  if (options_.thread) thread_ = std::thread([this] { run(); });
  return {};
}

void Writer::submit(Unit unit, std::move_only_function<void(Result<Committed>)> done) {
  Status checked = check_unit(unit);
  if (!checked) return done(fail(checked.error()));
  Pending pending{std::move(unit), 0, std::move(done)};
  pending.bytes = estimate_bytes(pending.unit);
  switch (queue_.push(pending)) {
    case CommitQueue::Push::Accepted: return;
    case CommitQueue::Push::Full:
      return pending.done(fail(Error(Code::Busy, "the journal's queue is full").with("retry_after_s", "1")));
    case CommitQueue::Push::Closed: break;
  }
  Error error(Code::JournalStopped, "the journal does not write any more");
  {
    const std::lock_guard lock(stop_mutex_);
    error.cause = stop_cause_;
  }
  pending.done(fail(std::move(error)));
}

void Writer::observe(std::function<void(const Head&)> on_durable) {
  const std::lock_guard lock(observer_mutex_);
  observer_ = std::move(on_durable);
}

bool Writer::write() {
  if (queue_.empty()) return false;
  commit(queue_.take(kBatchEntries, kBatchBytes));
  return true;
}

void Writer::stop() {
  stopped_ = true;
  queue_.close();
  if (thread_.joinable()) return thread_.join();
  refuse_all(queue_.take_all(), Error(Code::JournalStopped, "the journal does not write any more"));
}

void Writer::run() {
  for (;;) {
    std::vector<Pending> pending = queue_.take(kBatchEntries, kBatchBytes);
    if (pending.empty()) return;
    commit(std::move(pending));
  }
}

Batch Writer::begin_batch() {
  const SnapshotRef snapshot = options_.snapshot();
  const ClockReading clock = options_.clock->read();
  const bool behind = clock.now + clock.uncertainty < state_.head.time;
  if (behind && !clock_behind_) {
    log_warn("journal.clock_behind", {{"log_time", to_rfc3339(state_.head.time)}, {"clock", to_rfc3339(clock.now)}});
  }
  clock_behind_ = behind;
  return {{origin_, options_.issuer, snapshot.seq, snapshot.digest, clock, *options_.random},
          state_,
          counters_,
          *storage_};
}

// Nobody is told anything before the commit returned: not even that a claim is lost, because the unit that holds it
// may be in this very batch.
void Writer::commit(std::vector<Pending> pending) {
  Batch batch = begin_batch();
  std::vector<Status> added;
  added.reserve(pending.size());
  for (Pending& p : pending) added.push_back(batch.add(p.unit));
  if (!batch.empty()) {
    Status sealed = batch.seal(*options_.statement_signer);
    if (!sealed) {
      counters_.forget();
      return refuse_all(std::move(pending), sealed.error());
    }
    const std::vector<Mutation> rows = batch.finish();
    Status committed = storage_->commit(rows);
    if (!committed) return fail_stop(committed.error(), std::move(pending));
    published();
  }
  std::size_t next = 0;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (added[i]) {
      pending[i].done(std::move(batch.results()[next++]));
    } else {
      pending[i].done(fail(added[i].error()));
    }
  }
}

void Writer::published() {
  counters_.settle();
  tree_.publish(state_.head, state_.tree.edge());
  const std::lock_guard lock(observer_mutex_);
  if (observer_) observer_(state_.head);
}

Status Writer::append_opening(std::string_view reason, const std::optional<Predecessor>& predecessor) {
  Result<Unit> unit = opening_unit(options_, origin_, state_.head, *storage_, predecessor, reason);
  if (!unit) return fail(unit.error());
  ++state_.head.epoch;
  Batch batch = begin_batch();
  Status added = batch.add(*unit);
  if (!added) return added;
  Status committed = storage_->commit(batch.finish());
  if (!committed) return committed;
  published();
  return {};
}

// Only this batch is indeterminate. What waits in the queue was never tried: it goes on after the reopening, or is
// told that the journal stopped.
void Writer::fail_stop(const Error& error, std::vector<Pending> pending) {
  log_error("journal.sync_failed", error, {{"units", pending.size()}});
  const Code code = error.code == Code::DiskFull ? Code::DiskFull : Code::JournalIndeterminate;
  const Error indeterminate =
      Error(code, "the commit failed; whether it is durable shows after reopening", error).with("retry_after_s", "1");
  refuse_all(std::move(pending), indeterminate);
  Status derived = rederive();
  if (!derived) stop_for_good(derived.error());
}

// Once: the START entry of the reopening is the proof that writing works again.
Status Writer::rederive() {
  const Head durable = tree_.head();
  counters_.forget();
  Status reopened = storage_->reopen();
  if (!reopened) return reopened;
  Result<std::optional<WriterState>> state = recover_state(*storage_);
  if (!state) return fail(state.error());
  if (!*state || (*state)->head.log != durable.log || (*state)->head.size < durable.size) {
    return fail(Code::DatabaseRolledBack, "the database lost entries that were durable");
  }
  Result<Digest> root = trust::root_at(
      durable.size, trust::tile_hash_reader(durable.size, tile_reader(*storage_, nullptr, durable.log)));
  if (!root) return fail(root.error());
  if (*root != durable.root) return fail(Code::DatabaseDamaged, "the database holds another tree than before");
  state_ = std::move(**state);
  Status opened = append_opening("reopened after a failed commit", std::nullopt);
  if (opened) log_warn("journal.reopened", {{"size", state_.head.size}});
  return opened;
}

void Writer::stop_for_good(const Error& error) {
  log_error("journal.stopped", error);
  {
    const std::lock_guard lock(stop_mutex_);
    stop_cause_ = std::make_shared<const Error>(error);
  }
  stopped_ = true;
  queue_.close();
  refuse_all(queue_.take_all(), Error(Code::JournalStopped, "the journal does not write any more", error));
}

}  // namespace sekisho::node
