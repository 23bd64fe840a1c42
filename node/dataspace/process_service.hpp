// What the services of negotiations and of transfers do alike: take the turn of a process, answer for it, end it,
// settle what its peer acknowledged, and see to what is overdue. Each derives its inside from this. Internal to this
// room.
//
// Thread-safe. Process: as process_store.hpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "base/http/message.hpp"
#include "node/dataspace/decision.hpp"
#include "node/dataspace/negotiation.hpp"
#include "node/dataspace/process_store.hpp"
#include "node/dataspace/transfer.hpp"

namespace sekisho::node {

template <class Process>
class ProcessService : public OutboxOwner {
 public:
  using Pointer = std::shared_ptr<const Process>;
  using Store = ProcessStore<Process>;
  using Applied = typename Store::Applied;

  // A process whose turn is held.
  struct Held {
    Turns::Turn turn;
    Pointer process;
  };

  DataspaceParts parts;
  DataspaceLimits limits;
  Store store;

  // Becomes the outbox's owner of this kind of messages.
  ProcessService(DataspaceParts p, DataspaceLimits l);

  // Process::kUnknown when there is none.
  [[nodiscard]] async::Task<Result<Held>> hold(std::string pid);
  // For a message of this peer: who may not see a process does not wait for it either.
  [[nodiscard]] async::Task<Result<Held>> hold(std::string pid, std::string peer_did);
  [[nodiscard]] Result<Pointer> known(const std::string& pid) const;
  [[nodiscard]] static std::unexpected<Error> unknown();

  // The process as its document; message leaves after the answer.
  [[nodiscard]] http::Response answer(const Process& process, int status, std::optional<OutboxMessage> message) const;
  [[nodiscard]] http::Response show(const trust::PeerIdentity& peer, const std::string& pid) const;
  // A message that was refused. pid: the path's, empty for the first ones.
  [[nodiscard]] http::Response refusal(const Error& error, const trust::PeerIdentity& peer, const std::string& pid,
                                       std::string_view body) const;
  // State as the protocol spells it, empty when unknown.
  [[nodiscard]] std::string state(const std::string& pid) const;
  // For the operator, by the own id or the peer's.
  [[nodiscard]] Result<JsonObject> describe(const std::string& id) const;

  // To {base}/negotiations|transfers/{peer's pid}/{path}.
  [[nodiscard]] Outgoing outgoing(const Process& process, std::string_view kind, std::string_view path,
                                  Outgoing::Body body) const;

  // Ends a held process. told: the peer is sent a termination. by: whose word it was.
  [[nodiscard]] virtual async::Task<Result<Applied>> end(Pointer process, Error reason, bool told, Word by) = 0;
  // The same from outside of a message; the termination is sent at once.
  // since: only while the process is where it was then.
  [[nodiscard]] async::Task<Status> end_by_pid(std::string pid, Error reason, bool told,
                                               std::optional<Instant> since = {});
  // Only while this is the message that the peer has not acknowledged: what the peer said next settles an older word.
  [[nodiscard]] async::Task<Status> end_owing(OutboxMessage message, Error reason, bool told);
  // By the operator, from any state that is not final. Conflict when it has ended.
  [[nodiscard]] async::Task<Status> end_asked(std::string id, Error reason);
  // After the answer that refused a message of the peer has left.
  void end_after(http::Response& response, const std::string& pid, Error reason);

  // What follows when a message has left: from the peer's acknowledgement, or without one where an end stands all the
  // same.
  [[nodiscard]] async::Task<void> settle(OutboxMessage message, std::string answer, ProcessEvent::Source how);

  // OutboxOwner
  void started() override { store.started(); }
  [[nodiscard]] std::string inquiry(const OutboxMessage& message) const override { return store.inquiry(message); }
  [[nodiscard]] OutboxFinding judge(const OutboxMessage& message, const http::ClientResponse& answer) const override {
    return store.judge(message, answer);
  }
  [[nodiscard]] async::Task<void> failed(OutboxMessage message) override { return store.keep(std::move(message)); }
  [[nodiscard]] async::Task<void> delivered(OutboxMessage message, std::string answer) override {
    return settle(std::move(message), std::move(answer), ProcessEvent::Source::Out);
  }

 protected:
  // store.apply, and the books follow.
  [[nodiscard]] virtual async::Task<Result<Applied>> apply(Change<Process> change) = 0;
  // Asks the profile what this node says of its own accord after change.next entered a state.
  [[nodiscard]] virtual Status step(Change<Process>& change) const = 0;
  // Whether a message that arrived makes the profile be asked though it changed no state.
  [[nodiscard]] virtual bool opens(const OutboxMessage& message) const = 0;
  // Whether what an acknowledgement changed may be forgotten at a restart: the row stays, and the message is sent
  // again.
  [[nodiscard]] virtual bool forgettable(const Change<Process>& change, const OutboxMessage& message) const = 0;
  // Why the operator may not end it here.
  [[nodiscard]] virtual Status may_end(const Process& process) const = 0;
  // An overdue process and what its peer says of it. When it is due again, or nullopt.
  [[nodiscard]] virtual async::Task<std::optional<Instant>> overdue(Pointer process, OutboxFinding finding) = 0;

  // The end of an overdue process; when to try again where it failed.
  [[nodiscard]] async::Task<std::optional<Instant>> end_overdue(Pointer process, Error reason, bool told);
  // Why: the peer's end, or the deadline and what came in place of the peer's answer.
  [[nodiscard]] static Error overdue_reason(const Process& process, const OutboxFinding& finding);
  [[nodiscard]] Instant soon() const { return parts.clock.now() + kSoon; }

 private:
  // The process may be null.
  [[nodiscard]] async::Task<Result<Held>> take(std::string pid);
  [[nodiscard]] async::Task<std::optional<Instant>> look(std::string pid);
  static async::Task<void> end_logged(ProcessService* self, std::string pid, Error reason);
};

extern template class ProcessService<Negotiation>;
extern template class ProcessService<Transfer>;

}  // namespace sekisho::node
