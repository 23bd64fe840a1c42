// Processes of one kind: in memory while they are open (and for a while after), in storage always; taken in turn,
// changed by units of work. Internal to this room.
//
// Process is Negotiation or Transfer: a ProcessIn that has kFamily, kOwner (name in outbox and index), close(), row()
// and static from_row(JsonObject, LocalIdentity). Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/core/json.hpp"
#include "node/dataspace/deadlines.hpp"
#include "node/dataspace/inquiry.hpp"
#include "node/dataspace/process_change.hpp"
#include "node/dataspace/process_view.hpp"
#include "node/dataspace/services.hpp"
#include "node/dataspace/turns.hpp"

namespace sekisho::node {

template <class Process>
class ProcessStore {
 public:
  using Pointer = std::shared_ptr<const Process>;

  struct Applied {
    Pointer process;
    std::optional<OutboxMessage> message;
    Committed committed;
  };

  // Both outlive the store.
  ProcessStore(const DataspaceParts& parts, const DataspaceLimits& limits) : parts_(parts), limits_(limits) {}

  // Whom to call when a process is overdue. Before load().
  void watch(DeadlineWatch::Due due);
  // The outbox sends: from now on processes may be overdue.
  void started() { watch_->start(); }
  // When the watch is to look at it first; where nothing ends the process, after a day. nullopt: it has ended.
  [[nodiscard]] std::optional<Instant> due(const Process& process) const;
  // When it ends, however the peer answers until then. nullopt: it has no deadline.
  [[nodiscard]] std::optional<Instant> deadline(const Process& process) const;

  [[nodiscard]] Status load();

  // Null when there is none.
  [[nodiscard]] Result<Pointer> find(const std::string& pid) const;
  // Null when there is none, or one of somebody else: the row is read once for either answer.
  [[nodiscard]] Result<Pointer> find_of(const std::string& did, const std::string& pid) const;
  // By the peer's own id, for repeated first messages to this node in that role.
  [[nodiscard]] Result<Pointer> find_by_peer(const std::string& did, const std::string& peer_pid,
                                             Role role = Role::Provider) const;
  [[nodiscard]] Mutation peer_index(const Process& process) const;
  // By the own id or the peer's. Null when there is none, Conflict where two peers use one id.
  [[nodiscard]] Result<Pointer> find_any(const std::string& id) const;
  [[nodiscard]] std::vector<Pointer> in_memory() const;

  // TooManyRequests when this peer has as many open processes as one may have.
  [[nodiscard]] Status admit(const std::string& did) const { return admit(did, limits_.open_per_peer); }
  [[nodiscard]] Status admit(const std::string& did, std::size_t most) const;

  [[nodiscard]] async::Task<Result<Turns::Turn>> turn(std::string key) {
    return turns_.take(std::move(key), async::Deadline::in(limits_.peer * 2));
  }

  // Whether the peer can have received the pending message.
  [[nodiscard]] bool sent(const Process& process) const { return !parts_.outbox.unsent(Process::kOwner, process.pid); }
  // Whether this is the message that the peer has not acknowledged.
  [[nodiscard]] static bool owes(const Process& process, const OutboxMessage& message) {
    return process.pending == message.kind && process.said == message.number;
  }
  // The pending message with what is known of its attempts.
  [[nodiscard]] std::optional<OutboxMessage> owed(const Process& process) const;
  // The pending message is settled: Out, the peer has it, or Failed. The caller has entered the state that it leads to.
  void settled(Process& process, ProcessEvent::Source how) const;
  // Keeps what is known of a message that was not delivered. A row that was replaced or deleted meanwhile stays so.
  [[nodiscard]] async::Task<void> keep(OutboxMessage message);

  // Path at the peer that shows the message's process; empty while it has no name there.
  [[nodiscard]] std::string inquiry(const OutboxMessage& message) const;
  [[nodiscard]] OutboxFinding judge(const OutboxMessage& message, const http::ClientResponse& answer) const;
  // Asks the peer for a process that waits too long. The error of a silent peer is the finding's.
  [[nodiscard]] async::Task<OutboxFinding> inquire(Pointer process);

  // What the operator sees of one process, or of many.
  [[nodiscard]] JsonObject describe(const Process& process) const { return description(process, view(process)); }
  [[nodiscard]] Result<ProcessPage> page(const ProcessQuery& query) const;

  // One unit of work: the row, what the change brings, and the outbox row of its message (or none). The caller holds
  // the turn and sends Applied::message when it may leave.
  [[nodiscard]] async::Task<Result<Applied>> apply(Change<Process> change);
  // What is known in memory only, until the next unit writes it: a repeated message would teach it again.
  void put(Pointer process);

 private:
  // What the writer's thread adds to a unit.
  struct Due;

  // A peer names its processes as it likes, and may use one name in both roles.
  static std::string index_name(Role role) {
    return std::string(Process::kOwner) + (role == Role::Provider ? "" : "/consumer");
  }
  // From when on the peer is asked.
  [[nodiscard]] std::optional<Instant> overdue_at(const Process& process) const;
  [[nodiscard]] static std::string inquiry(const Process& process);
  [[nodiscard]] ProcessEvent event(const Process& process, ProcessEvent::Source source, std::string what) const;
  // What a change does to the history of the process.
  void record(Change<Process>& change) const;
  [[nodiscard]] ProcessView view(const Process& process) const;
  // From this id on, until it says no.
  Status each_stored(std::string_view from, const std::function<bool(const Pointer&)>& use) const;
  [[nodiscard]] Pointer held(const std::string& pid) const;
  [[nodiscard]] Result<Pointer> read(BytesView value) const;
  void count(const std::string& did, int change);

  const DataspaceParts& parts_;
  const DataspaceLimits& limits_;
  Turns turns_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Pointer> processes_;
  std::deque<std::string> ended_;  // oldest first
  std::map<std::string, std::size_t, std::less<>> open_;
  std::optional<DeadlineWatch> watch_;
};

extern template class ProcessStore<Negotiation>;
extern template class ProcessStore<Transfer>;

}  // namespace sekisho::node
