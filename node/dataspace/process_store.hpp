// Processes of one kind: in memory while they are open (and for a while after), in storage always; taken in turn, changed
// by units of work. Internal to this room.
//
// Process derives from ProcessBase and has: kFamily, kOwner (name in outbox and index), ended(), row(),
// static from_row(JsonObject, LocalIdentity). Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/async/completion.hpp"
#include "base/core/log.hpp"
#include "base/http/url.hpp"
#include "node/dataspace/deadlines.hpp"
#include "node/dataspace/inquiry.hpp"
#include "node/dataspace/outbox_step.hpp"
#include "node/dataspace/process.hpp"
#include "node/dataspace/process_view.hpp"
#include "node/dataspace/services.hpp"
#include "node/dataspace/turns.hpp"

namespace sekisho::node {

// A message that a change makes due. The body is written when the entries of the unit are sealed.
struct Outgoing {
  std::string kind;
  std::string target;
  std::function<std::string(const std::vector<CommittedEntry>&)> body;
  unsigned attempts = 0;
};

template <class Process>
struct Change {
  Process next;
  std::vector<EntryDraft> entries;
  std::vector<Mutation> mutations;
  std::optional<Outgoing> message;
  // Completes the process by what the writer assigned (statement ids).
  std::function<void(const std::vector<CommittedEntry>&, Process&)> sealed;
};

template <class Process>
class ProcessStore {
 public:
  using Pointer = std::shared_ptr<const Process>;

  struct Applied {
    Pointer process;
    std::optional<OutboxMessage> message;
    Committed committed;
  };

  ProcessStore(const DataspaceParts& parts, const DataspaceLimits& limits) : parts_(parts), limits_(limits) {}

  // Whom to call when a process is overdue. Before load().
  void watch(DeadlineWatch::Due due) {
    watch_.emplace(parts_.outbox.executor(), parts_.clock, parts_.outbox.pacer(), std::move(due));
  }
  // The outbox sends: from now on processes may be overdue.
  void started() { watch_->start(); }
  // When it ends, however the peer answers until then. nullopt: it has no deadline.
  [[nodiscard]] std::optional<Instant> deadline(const Process& process) const {
    const std::optional<Instant> first = overdue_at(process);
    return first ? std::optional(*first + outwait(process)) : std::nullopt;
  }

  // From when on the peer is asked.
  [[nodiscard]] std::optional<Instant> overdue_at(const Process& process) const {
    if (process.ended()) return std::nullopt;
    // A final state that the peer has not acknowledged is not reached yet.
    std::optional<std::chrono::milliseconds> patience = patience_for(process.acknowledged(), limits_.patience);
    if (policy::is_final(process.acknowledged())) patience = patience_for(process.state, limits_.patience);
    if (!patience) return std::nullopt;
    return process.since + *patience;
  }

  // When the watch is to look at it first; where nothing ends the process, after a day.
  [[nodiscard]] std::optional<Instant> due(const Process& process) const {
    if (process.ended()) return std::nullopt;
    return overdue_at(process).value_or(process.since + kInquiry);
  }

  [[nodiscard]] Status load() {
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
    if (!scanned) return scanned;
    return damaged;
  }

  // Whether the peer can have received the pending message.
  [[nodiscard]] bool sent(const Process& process) const { return !parts_.outbox.unsent(Process::kOwner, process.pid); }

  // Null when there is none.
  [[nodiscard]] Result<Pointer> find(const std::string& pid) const {
    {
      const std::lock_guard lock(mutex_);
      const auto found = processes_.find(pid);
      if (found != processes_.end()) return found->second;
    }
    Result<std::optional<Bytes>> row = parts_.storage.get(Process::kFamily, as_bytes(pid));
    if (!row) return fail(row.error());
    if (!*row) return Pointer();
    return read(**row);
  }

  // Null when there is none, or one of somebody else: what was looked up for the answer is the same.
  [[nodiscard]] Result<Pointer> find_of(const std::string& did, const std::string& pid) const {
    Result<Pointer> found = find(pid);
    if (!found || !*found || (*found)->peer_did == did) return found;
    Result<std::optional<Bytes>> row = parts_.storage.get(Process::kFamily, as_bytes(pid));
    if (!row) return fail(row.error());
    return Pointer();
  }

  // By the peer's own id, for repeated first messages to this node in that role.
  [[nodiscard]] Result<Pointer> find_by_peer(const std::string& did, const std::string& peer_pid, Role role = Role::Provider) const {
    Result<std::optional<Bytes>> pid = parts_.storage.get(Family::Idempotency, peer_pid_key(index_name(role), did, peer_pid));
    if (!pid) return fail(pid.error());
    if (!*pid) return Pointer();
    return find(std::string(as_text(**pid)));
  }

  [[nodiscard]] Mutation peer_index(const Process& process) const {
    return {Family::Idempotency, peer_pid_key(index_name(process.role), process.peer_did, process.peer_pid), to_bytes(process.pid)};
  }

  [[nodiscard]] std::vector<Pointer> in_memory() const {
    const std::lock_guard lock(mutex_);
    std::vector<Pointer> all;
    for (const auto& [pid, process] : processes_) all.push_back(process);
    return all;
  }

  // TooManyRequests when this peer has as many open processes as one may have.
  [[nodiscard]] Status admit(const std::string& did) const { return admit(did, limits_.open_per_peer); }
  [[nodiscard]] Status admit(const std::string& did, std::size_t most) const {
    const std::lock_guard lock(mutex_);
    const auto open = open_.find(did);
    if (open == open_.end() || open->second < most) return {};
    return fail(Error(Code::TooManyRequests, fmt::format("{} has {} open processes", did, open->second)).with("retry_after_s", "60"));
  }

  [[nodiscard]] async::Task<Result<Turns::Turn>> turn(std::string key) {
    return turns_.take(std::move(key), async::Deadline::in(limits_.peer * 2));
  }

  // Whether this is the message that the peer has not acknowledged.
  [[nodiscard]] static bool owes(const Process& process, const OutboxMessage& message) {
    return process.pending == message.kind && process.said == message.number;
  }

  // The pending message with what is known of its attempts.
  [[nodiscard]] std::optional<OutboxMessage> owed(const Process& process) const {
    std::optional<OutboxMessage> waiting = parts_.outbox.look(Process::kOwner, process.pid);
    if (waiting) return waiting;
    const Result<std::optional<Bytes>> row = parts_.storage.get(Family::Outbox, outbox_key(Process::kOwner, process.pid));
    if (!row || !*row) return std::nullopt;
    Result<OutboxMessage> message = outbox_from_row(**row);
    return message ? std::optional(std::move(*message)) : std::nullopt;
  }

  // The pending message is settled: Out, the peer has it, or Failed. The caller has entered the state that it leads to.
  void settled(Process& process, ProcessEvent::Source how) const {
    process.timeline.note(event(process, how, process.pending));
    process.pending.clear();
  }

  // Keeps what is known of a message that was not delivered. A row that was replaced or deleted meanwhile stays so.
  [[nodiscard]] async::Task<void> keep(OutboxMessage message) {
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

  // Path at the peer that shows the process; empty while it has no name there.
  [[nodiscard]] static std::string inquiry(const Process& process) {
    if (process.peer_pid.empty()) return {};
    return fmt::format("{}/{}s/{}", process.base, Process::kOwner, http::percent_encode(process.peer_pid));
  }
  [[nodiscard]] std::string inquiry(const OutboxMessage& message) const {
    const Result<Pointer> process = find(message.process);
    return process && *process && owes(**process, message) ? inquiry(**process) : std::string();
  }
  [[nodiscard]] OutboxFinding judge(const OutboxMessage& message, const http::ClientResponse& answer) const {
    const Result<Pointer> process = find(message.process);
    return process && *process && owes(**process, message) ? judge_answer(**process, answer) : OutboxFinding();
  }

  // Asks the peer for a process that waits too long. The error of a silent peer is the finding's.
  [[nodiscard]] async::Task<OutboxFinding> inquire(Pointer process) {
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
    if (finding.verdict == Verdict::Unusable && answer->status / 100 != 2) finding.error = answer_error(*answer, process->peer_dns);
    co_return finding;
  }

  // What the operator sees of one process, or of all, or only of those that are open.
  [[nodiscard]] JsonObject describe(const Process& process) const { return description(process, view(process)); }
  [[nodiscard]] Result<JsonArray> list(bool all, const std::string& peer_dns, std::size_t most) const {
    JsonArray out;
    const auto add = [&](const Process& process) {
      if (out.size() < most && (peer_dns.empty() || process.peer_dns == peer_dns)) out.push_back(summary(process, view(process)));
    };
    if (!all) {
      for (const Pointer& process : in_memory()) {
        if (!process->ended()) add(*process);
      }
      return out;
    }
    Status read = each_stored([&](const Pointer& process) {
      add(*process);
      return out.size() < most;
    });
    if (!read) return fail(read.error());
    return out;
  }
  // By the own id or the peer's. Null when there is none, Conflict where two peers use one id.
  [[nodiscard]] Result<Pointer> find_any(const std::string& id) const {
    Result<Pointer> found = find(id);
    if (!found || *found) return found;
    bool ambiguous = false;
    Status read = each_stored([&](const Pointer& process) {
      if (process->peer_pid != id) return true;
      ambiguous = *found != nullptr;
      *found = process;
      return !ambiguous;
    });
    if (!read) return fail(read.error());
    if (ambiguous) return fail(Code::Conflict, "two peers use this id; name the process by this node's own");
    return found;
  }

  // One unit of work: the row, what the change brings, and the outbox row of its message (or none). The caller holds the turn
  // and sends Applied::message when it may leave.
  [[nodiscard]] async::Task<Result<Applied>> apply(Change<Process> change) {
    Unit unit;
    unit.entries = std::move(change.entries);
    unit.mutations = std::move(change.mutations);
    record(change);
    change.next.pending = change.message ? change.message->kind : std::string();
    // Written here and not by the writer's one thread, unless the writer has something to add.
    Result<std::string> row = change.next.row();
    if (!row) co_return fail(row.error());
    if (!change.sealed) unit.mutations.push_back({Process::kFamily, to_bytes(change.next.pid), to_bytes(*row)});
    if (!change.message) unit.mutations.push_back(outbox_delete(Process::kOwner, change.next.pid));
    // Read again when the writer is done with it, by this coroutine alone.
    auto due = std::make_shared<Due>(Due{std::move(change.next), std::move(change.message), std::move(change.sealed), std::nullopt});
    unit.derive = [due](const std::vector<CommittedEntry>& entries, std::vector<Mutation>& mutations) { due->derive(entries, mutations); };
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

  // What is known in memory only, until the next unit writes it: a repeated message would teach it again.
  void put(Pointer process) {
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

 private:
  // A peer names its processes as it likes, and may use one name in both roles.
  static std::string index_name(Role role) { return std::string(Process::kOwner) + (role == Role::Provider ? "" : "/consumer"); }

  ProcessEvent event(const Process& process, ProcessEvent::Source source, std::string what) const {
    return {parts_.clock.now(), source, std::move(what), std::string(policy::to_text(process.state)), process.ended() ? process.code : ""};
  }

  // What a change does to the history of the process.
  void record(Change<Process>& change) const {
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

  ProcessView view(const Process& process) const {
    ProcessView out{Process::kOwner, policy::to_text(process.state), process.subject(), deadline(process), std::nullopt};
    if (process.pending.empty()) return out;
    out.message = owed(process);
    return out;
  }

  // Until it says no.
  Status each_stored(const std::function<bool(const Pointer&)>& use) const {
    Status damaged;
    Status scanned = parts_.storage.scan(Process::kFamily, {}, {}, [&](BytesView key, BytesView value) {
      // What is in memory is newer.
      Result<Pointer> process = held(std::string(as_text(key)));
      if (!*process) process = read(value);
      if (process) return use(*process);
      damaged = fail(process.error());
      return false;
    });
    return scanned ? damaged : scanned;
  }

  Result<Pointer> held(const std::string& pid) const {
    const std::lock_guard lock(mutex_);
    const auto found = processes_.find(pid);
    return found == processes_.end() ? Pointer() : found->second;
  }

  Result<Pointer> read(BytesView value) const {
    Result<Json> json = parse_json(as_text(value));
    if (!json) return fail(json.error());
    if (!json->is_object()) return fail(Code::DatabaseDamaged, "a process row is not an object");
    Result<Process> process = Process::from_row(json->get_object(), parts_.self);
    if (!process) return fail(process.error());
    return std::make_shared<const Process>(std::move(*process));
  }

  // What the writer's thread adds to a unit: the row where that is completed by it, and the message with its outbox row.
  // May run twice, after a reopening.
  struct Due {
    Process process;
    std::optional<Outgoing> outgoing;
    std::function<void(const std::vector<CommittedEntry>&, Process&)> sealed;
    std::optional<OutboxMessage> message;

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

  void count(const std::string& did, int change) {
    if (change == 0) return;
    std::size_t& open = open_[did];
    if (change > 0) {
      ++open;
    } else if (--open == 0) {
      open_.erase(did);
    }
  }

  const DataspaceParts& parts_;
  const DataspaceLimits& limits_;
  Turns turns_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Pointer> processes_;
  std::deque<std::string> ended_;  // oldest first
  std::map<std::string, std::size_t, std::less<>> open_;
  std::optional<DeadlineWatch> watch_;
};

// Who waits for a process to come to its end.
template <class T>
class Waiters {
 public:
  [[nodiscard]] async::Completion<Result<T>> open(const std::string& pid) {
    const std::lock_guard lock(mutex_);
    return waiting_[pid];
  }
  void settle(const std::string& pid, Result<T> outcome) {
    std::optional<async::Completion<Result<T>>> waiter;
    {
      const std::lock_guard lock(mutex_);
      const auto found = waiting_.find(pid);
      if (found == waiting_.end()) return;
      waiter = found->second;
      waiting_.erase(found);
    }
    (void)waiter->set(std::move(outcome));
  }
  [[nodiscard]] bool waited_for(const std::string& pid) const {
    const std::lock_guard lock(mutex_);
    return waiting_.contains(pid);
  }
  void drop(const std::string& pid) {
    const std::lock_guard lock(mutex_);
    waiting_.erase(pid);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, async::Completion<Result<T>>> waiting_;
};

// Sends when the answer left, and at the latest when the answer is forgotten.
void send_after(http::Response& response, Outbox& outbox, std::optional<OutboxMessage> message);

}  // namespace sekisho::node
