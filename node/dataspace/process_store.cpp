#include "node/dataspace/process_store.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/core/log.hpp"
#include "base/http/url.hpp"
#include "node/dataspace/outbox_step.hpp"

namespace sekisho::node {
namespace {

// Rows of other peers that a page may pass over.
constexpr std::size_t kMostLooked = 20'000;

}  // namespace

template <class Process>
struct ProcessStore<Process>::Due {
  Process process;
  std::optional<Outgoing> outgoing;
  std::function<void(const std::vector<CommittedEntry>&, Process&)> sealed;
  std::optional<OutboxMessage> message;

  // The row where the writer completes it, and the message with its outbox row. May run twice, after a reopening.
  void derive(const std::vector<CommittedEntry>& entries, std::vector<Mutation>& mutations) {
    if (sealed) {
      sealed(entries, process);
      mutations.push_back({Process::kFamily, to_bytes(process.pid), to_bytes(process.row().value_or(""))});
    }
    if (!outgoing) return;
    OutboxMessage due;
    due.owner = Process::kOwner;
    due.process = process.pid;
    due.kind = outgoing->kind;
    due.number = process.said;
    due.peer_dns = process.peer_dns;
    due.target = outgoing->target;
    due.attempts = outgoing->attempts;
    due.body = outgoing->body(entries);
    mutations.push_back(outbox_put(due));
    message = std::move(due);
  }
};

template <class Process>
void ProcessStore<Process>::watch(DeadlineWatch::Due due) {
  watch_.emplace(parts_.outbox.executor(), parts_.clock, parts_.outbox.pacer(), std::move(due));
}

template <class Process>
std::optional<Instant> ProcessStore<Process>::overdue_at(const Process& process) const {
  if (process.ended()) return std::nullopt;
  // A final state that the peer has not acknowledged is not reached yet.
  std::optional<std::chrono::milliseconds> patience = patience_for(process.acknowledged(), limits_.patience);
  if (policy::is_final(process.acknowledged())) patience = patience_for(process.state, limits_.patience);
  if (!patience) return std::nullopt;
  return process.since + *patience;
}

template <class Process>
std::optional<Instant> ProcessStore<Process>::due(const Process& process) const {
  if (process.ended()) return std::nullopt;
  return overdue_at(process).value_or(process.since + kInquiry);
}

template <class Process>
std::optional<Instant> ProcessStore<Process>::deadline(const Process& process) const {
  const std::optional<Instant> first = overdue_at(process);
  return first ? std::optional(*first + outwait(process)) : std::nullopt;
}

template <class Process>
Status ProcessStore<Process>::load() {
  Status damaged;
  Status scanned = parts_.storage.scan(Process::kFamily, {}, {}, [&](BytesView key, BytesView value) {
    Result<Pointer> process = read(value);
    if (!process) {
      damaged = fail(Code::DatabaseDamaged, fmt::format("process {} cannot be read", as_text(key)), process.error());
      return false;
    }
    if ((*process)->since == Instant()) {  // a row of the first releases
      auto aged = std::make_shared<Process>(**process);
      aged->since = parts_.clock.now();
      process = std::move(aged);
    }
    put(std::move(*process));
    return true;
  });
  return scanned ? damaged : scanned;
}

template <class Process>
auto ProcessStore<Process>::find(const std::string& pid) const -> Result<Pointer> {
  if (Pointer known = held(pid)) return known;
  Result<std::optional<Bytes>> row = parts_.storage.get(Process::kFamily, as_bytes(pid));
  if (!row) return fail(row.error());
  if (!*row) return Pointer();
  return read(**row);
}

template <class Process>
auto ProcessStore<Process>::find_of(const std::string& did, const std::string& pid) const -> Result<Pointer> {
  const Pointer known = held(pid);
  if (known && known->peer_did == did) return known;
  Result<std::optional<Bytes>> row = parts_.storage.get(Process::kFamily, as_bytes(pid));
  if (!row) return fail(row.error());
  if (known || !*row) return Pointer();
  Result<Pointer> stored = read(**row);
  if (!stored || (*stored)->peer_did == did) return stored;
  return Pointer();
}

template <class Process>
auto ProcessStore<Process>::find_by_peer(const std::string& did, const std::string& peer_pid, Role role) const
    -> Result<Pointer> {
  Result<std::optional<Bytes>> pid =
      parts_.storage.get(Family::Idempotency, peer_pid_key(index_name(role), did, peer_pid));
  if (!pid) return fail(pid.error());
  if (!*pid) return Pointer();
  return find(std::string(as_text(**pid)));
}

template <class Process>
Mutation ProcessStore<Process>::peer_index(const Process& process) const {
  return {Family::Idempotency, peer_pid_key(index_name(process.role), process.peer_did, process.peer_pid),
          to_bytes(process.pid)};
}

template <class Process>
auto ProcessStore<Process>::find_any(const std::string& id) const -> Result<Pointer> {
  Result<Pointer> found = find(id);
  if (!found || *found) return found;
  bool ambiguous = false;
  Status read = each_stored("", [&](const Pointer& process) {
    if (process->peer_pid != id) return true;
    ambiguous = *found != nullptr;
    *found = process;
    return !ambiguous;
  });
  if (!read) return fail(read.error());
  if (ambiguous) return fail(Code::Conflict, "two peers use this id; name the process by this node's own");
  return found;
}

template <class Process>
auto ProcessStore<Process>::in_memory() const -> std::vector<Pointer> {
  const std::lock_guard lock(mutex_);
  std::vector<Pointer> all;
  for (const auto& [pid, process] : processes_) all.push_back(process);
  return all;
}

template <class Process>
Status ProcessStore<Process>::admit(const std::string& did, std::size_t most) const {
  const std::lock_guard lock(mutex_);
  const auto open = open_.find(did);
  if (open == open_.end() || open->second < most) return {};
  return fail(Error(Code::TooManyRequests, fmt::format("{} has {} open processes", did, open->second))
                  .with("retry_after_s", "60"));
}

template <class Process>
std::optional<OutboxMessage> ProcessStore<Process>::owed(const Process& process) const {
  std::optional<OutboxMessage> waiting = parts_.outbox.look(Process::kOwner, process.pid);
  if (waiting) return waiting;
  const Result<std::optional<Bytes>> row = parts_.storage.get(Family::Outbox, outbox_key(Process::kOwner, process.pid));
  if (!row || !*row) return std::nullopt;
  Result<OutboxMessage> message = outbox_from_row(**row);
  return message ? std::optional(std::move(*message)) : std::nullopt;
}

template <class Process>
void ProcessStore<Process>::settled(Process& process, ProcessEvent::Source how) const {
  process.timeline.note(event(process, how, process.pending));
  process.pending.clear();
}

template <class Process>
async::Task<void> ProcessStore<Process>::keep(OutboxMessage message) {
  Result<Turns::Turn> held = co_await turn(message.process);
  Result<Pointer> process = held ? find(message.process) : Result<Pointer>(fail(held.error()));
  if (process && (!*process || !owes(**process, message))) co_return;
  Status kept = process ? Status() : Status(fail(process.error()));
  if (kept) {
    Unit unit;
    unit.mutations.push_back(outbox_put(message));
    Result<Committed> committed = co_await parts_.journal.commit(std::move(unit));
    if (!committed) kept = fail(committed.error());
  }
  if (!kept) log_warn("dataspace.outbox", kept.error(), {{"process", message.process}});
}

template <class Process>
std::string ProcessStore<Process>::inquiry(const Process& process) {
  if (process.peer_pid.empty()) return {};
  return fmt::format("{}/{}s/{}", process.base, Process::kOwner, http::percent_encode(process.peer_pid));
}

template <class Process>
std::string ProcessStore<Process>::inquiry(const OutboxMessage& message) const {
  const Result<Pointer> process = find(message.process);
  return process && *process && owes(**process, message) ? inquiry(**process) : std::string();
}

template <class Process>
OutboxFinding ProcessStore<Process>::judge(const OutboxMessage& message, const http::ClientResponse& answer) const {
  const Result<Pointer> process = find(message.process);
  return process && *process && owes(**process, message) ? judge_answer(**process, answer) : OutboxFinding();
}

template <class Process>
async::Task<OutboxFinding> ProcessStore<Process>::inquire(Pointer process) {
  PeerRequest request;
  request.dns = process->peer_dns;
  request.method = "GET";
  request.target = inquiry(*process);
  request.answer_limit = 16 * 1024;
  request.repeatable = true;
  request.deadline = parts_.outbox.pacer().in(std::chrono::seconds(5));
  OutboxFinding finding;
  if (request.target.empty()) co_return finding;
  Result<http::ClientResponse> answer = co_await parts_.peers.send(std::move(request));
  if (!answer) {
    finding.error = answer.error();
    co_return finding;
  }
  finding = judge_answer(*process, *answer);
  const bool refused = finding.verdict == Verdict::Unusable && answer->status / 100 != 2;
  if (refused) finding.error = answer_error(*answer, process->peer_dns);
  co_return finding;
}

template <class Process>
Result<ProcessPage> ProcessStore<Process>::page(const ProcessQuery& query) const {
  ProcessPage page;
  std::string last = query.after;
  std::size_t looked = 0;
  const auto add = [&](const Pointer& process) {
    if (process->pid <= query.after || (!query.all && process->ended())) return true;
    if (page.rows.size() >= query.most || looked == kMostLooked) {
      page.next = last;
      return false;
    }
    ++looked;
    last = process->pid;
    if (query.peer.empty() || process->peer_dns == query.peer) page.rows.push_back(summary(*process, view(*process)));
    return true;
  };
  if (query.all) {
    Status read = each_stored(query.after, add);
    if (!read) return fail(read.error());
    return page;
  }
  std::vector<Pointer> open = in_memory();
  std::ranges::sort(open, {}, [](const Pointer& process) { return std::string_view(process->pid); });
  (void)std::ranges::all_of(open, add);
  return page;
}

template <class Process>
auto ProcessStore<Process>::apply(Change<Process> change) -> async::Task<Result<Applied>> {
  Unit unit;
  unit.entries = std::move(change.entries);
  unit.mutations = std::move(change.mutations);
  record(change);
  change.next.pending = change.message ? change.message->kind : std::string();
  if (change.next.ended()) change.next.close();
  // Written here and not by the writer's one thread, unless the writer has something to add.
  Result<std::string> row = change.next.row();
  if (!row) co_return fail(row.error());
  if (!change.sealed) unit.mutations.push_back({Process::kFamily, to_bytes(change.next.pid), to_bytes(*row)});
  if (!change.message) unit.mutations.push_back(outbox_delete(Process::kOwner, change.next.pid));
  // Read again when the writer is done with it, by this coroutine alone.
  auto due = std::make_shared<Due>(
      Due{std::move(change.next), std::move(change.message), std::move(change.sealed), std::nullopt});
  unit.derive = [due](const std::vector<CommittedEntry>& entries, std::vector<Mutation>& mutations) {
    due->derive(entries, mutations);
  };
  Result<Committed> committed = co_await parts_.journal.commit(std::move(unit));
  if (!committed) co_return fail(committed.error());
  if (due->outgoing) {
    parts_.outbox.expect(Process::kOwner, due->process.pid);
  } else {
    parts_.outbox.forget(Process::kOwner, due->process.pid);
  }
  Applied applied;
  applied.process = std::make_shared<const Process>(std::move(due->process));
  applied.message = std::move(due->message);
  applied.committed = std::move(*committed);
  put(applied.process);
  co_return applied;
}

template <class Process>
void ProcessStore<Process>::put(Pointer process) {
  if (watch_) watch_->set(process->pid, due(*process));
  const std::lock_guard lock(mutex_);
  Pointer& place = processes_[process->pid];
  count(process->peer_did, (process->ended() ? 0 : 1) - (place && !place->ended() ? 1 : 0));
  const bool ends = process->ended() && !(place && place->ended());
  if (ends) ended_.push_back(process->pid);
  place = std::move(process);
  if (ended_.size() <= limits_.ended_in_memory) return;
  processes_.erase(ended_.front());
  ended_.pop_front();
}

template <class Process>
ProcessEvent ProcessStore<Process>::event(const Process& process, ProcessEvent::Source source, std::string what) const {
  return {parts_.clock.now(), source, std::move(what), std::string(policy::to_text(process.state)),
          process.ended() ? process.code : ""};
}

template <class Process>
void ProcessStore<Process>::record(Change<Process>& change) const {
  Process& next = change.next;
  const Result<Pointer> found = next.timeline.events().empty() ? Pointer() : find(next.pid);
  const Process* before = found && *found ? found->get() : nullptr;
  const bool heard = before != nullptr ? next.seen != before->seen : !next.seen.empty();
  if (heard) {
    // The peer's message overtook its acknowledgement of the one before.
    const bool taken = before != nullptr && !before->pending.empty() && sent(*before);
    if (taken && next.state != decltype(next.state)::Terminated) {
      ProcessEvent overtaken = event(*before, ProcessEvent::Source::Out, before->pending);
      overtaken.state = policy::to_text(before->acknowledged());
      next.timeline.note(std::move(overtaken));
    }
    next.timeline.note(event(next, ProcessEvent::Source::In, std::string(entered_by(next.state))));
  } else if (before == nullptr || (next.state != before->state && next.timeline == before->timeline)) {
    next.timeline.note(event(next, ProcessEvent::Source::Own, std::string(entered_by(next.state))));
  }
  next.since = parts_.clock.now();
  if (change.message) ++next.said;
}

template <class Process>
ProcessView ProcessStore<Process>::view(const Process& process) const {
  ProcessView out{Process::kOwner, policy::to_text(process.state), process.subject(), deadline(process), std::nullopt};
  if (!process.pending.empty()) out.message = owed(process);
  return out;
}

template <class Process>
Status ProcessStore<Process>::each_stored(std::string_view from, const std::function<bool(const Pointer&)>& use) const {
  Status damaged;
  Status scanned = parts_.storage.scan(Process::kFamily, as_bytes(from), {}, [&](BytesView key, BytesView value) {
    // What is in memory is newer.
    Pointer known = held(std::string(as_text(key)));
    const Result<Pointer> process = known ? Result<Pointer>(std::move(known)) : read(value);
    if (process) return use(*process);
    damaged = fail(process.error());
    return false;
  });
  return scanned ? damaged : scanned;
}

template <class Process>
auto ProcessStore<Process>::held(const std::string& pid) const -> Pointer {
  const std::lock_guard lock(mutex_);
  const auto found = processes_.find(pid);
  return found == processes_.end() ? nullptr : found->second;
}

template <class Process>
auto ProcessStore<Process>::read(BytesView value) const -> Result<Pointer> {
  Result<Json> json = parse_json(as_text(value));
  if (!json) return fail(json.error());
  if (!json->is_object()) return fail(Code::DatabaseDamaged, "a process row is not an object");
  Result<Process> process = Process::from_row(json->get_object(), parts_.self);
  if (!process) return fail(process.error());
  return std::make_shared<const Process>(std::move(*process));
}

template <class Process>
void ProcessStore<Process>::count(const std::string& did, int change) {
  if (change == 0) return;
  std::size_t& open = open_[did];
  if (change > 0) {
    ++open;
  } else if (--open == 0) {
    open_.erase(did);
  }
}

template class ProcessStore<Negotiation>;
template class ProcessStore<Transfer>;

}  // namespace sekisho::node
