#include "node/dataspace/process_service.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/async/spawn.hpp"
#include "base/core/log.hpp"
#include "base/http/url.hpp"

namespace sekisho::node {
namespace {

// Sends when the answer left, and at the latest when the answer is forgotten.
class SendOnce {
 public:
  SendOnce(Outbox& outbox, OutboxMessage message) : outbox_(outbox), message_(std::move(message)) {}
  SendOnce(const SendOnce&) = delete;
  SendOnce& operator=(const SendOnce&) = delete;
  ~SendOnce() { now(); }
  void now() {
    if (!message_) return;
    outbox_.send(std::move(*message_));
    message_.reset();
  }

 private:
  Outbox& outbox_;
  std::optional<OutboxMessage> message_;
};

}  // namespace

template <class Process>
ProcessService<Process>::ProcessService(DataspaceParts p, DataspaceLimits l)
    : parts(p), limits(l), store(parts, limits) {
  store.watch([this](std::string pid) { return look(std::move(pid)); });
  parts.outbox.own(std::string(Process::kOwner), *this);
}

template <class Process>
std::unexpected<Error> ProcessService<Process>::unknown() {
  return fail(Process::kUnknown, fmt::format("no such {}", Process::kOwner));
}

template <class Process>
auto ProcessService<Process>::take(std::string pid) -> async::Task<Result<Held>> {
  Result<Turns::Turn> turn = co_await store.turn(pid);
  if (!turn) co_return fail(turn.error());
  Result<Pointer> process = store.find(pid);
  if (!process) co_return fail(process.error());
  co_return Held{std::move(*turn), std::move(*process)};
}

template <class Process>
auto ProcessService<Process>::hold(std::string pid) -> async::Task<Result<Held>> {
  Result<Held> held = co_await take(std::move(pid));
  if (held && !held->process) co_return unknown();
  co_return held;
}

template <class Process>
auto ProcessService<Process>::hold(std::string pid, std::string peer_did) -> async::Task<Result<Held>> {
  const Result<Pointer> before = store.find_of(peer_did, pid);
  if (!before) co_return fail(before.error());
  if (!*before) co_return unknown();
  co_return co_await hold(std::move(pid));
}

template <class Process>
auto ProcessService<Process>::known(const std::string& pid) const -> Result<Pointer> {
  Result<Pointer> process = store.find(pid);
  if (process && !*process) return unknown();
  return process;
}

template <class Process>
http::Response ProcessService<Process>::answer(const Process& process, int status,
                                               std::optional<OutboxMessage> message) const {
  const ProcessDocument document{process.ids(), std::string(policy::to_text(process.state)), shown_statement(process)};
  http::Response response = http::json_response(status, to_body(document, Process::kDocument));
  if (!message) return response;
  auto once = std::make_shared<SendOnce>(parts.outbox, std::move(*message));
  response.after = [once = std::move(once)](bool) { once->now(); };
  return response;
}

template <class Process>
http::Response ProcessService<Process>::show(const trust::PeerIdentity& peer, const std::string& pid) const {
  const Result<Pointer> process = store.find_of(peer.did, pid);
  if (!process) return error_response(process.error(), ids_of_body("", pid), Process::kError);
  if (!*process) return error_response(unknown().error(), ids_of_body("", pid), Process::kError);
  return answer(**process, 200, std::nullopt);
}

template <class Process>
http::Response ProcessService<Process>::refusal(const Error& error, const trust::PeerIdentity& peer,
                                                const std::string& pid, std::string_view body) const {
  log_info("dataspace.refused", {{"peer", peer.dns}, {"code", error.name()}, {"reason", error.message}});
  ProcessIds ids = ids_of_body(body, pid);
  const Result<Pointer> process = pid.empty() ? Pointer() : store.find_of(peer.did, pid);
  if (process && *process) ids = (*process)->ids();
  return error_response(error, std::move(ids), Process::kError);
}

template <class Process>
std::string ProcessService<Process>::state(const std::string& pid) const {
  const Result<Pointer> process = store.find(pid);
  return process && *process ? std::string(policy::to_text((*process)->state)) : std::string();
}

template <class Process>
Result<JsonObject> ProcessService<Process>::describe(const std::string& id) const {
  const Result<Pointer> found = store.find_any(id);
  if (!found) return fail(found.error());
  if (!*found) return unknown();
  return store.describe(**found);
}

template <class Process>
Outgoing ProcessService<Process>::outgoing(const Process& process, std::string_view kind, std::string_view path,
                                           Outgoing::Body body) const {
  std::string target =
      fmt::format("{}/{}s/{}/{}", process.base, Process::kOwner, http::percent_encode(process.peer_pid), path);
  return {std::string(kind), std::move(target), std::move(body), 0};
}

template <class Process>
async::Task<Status> ProcessService<Process>::end_by_pid(std::string pid, Error reason, bool told,
                                                        std::optional<Instant> since) {
  Result<Held> held = co_await take(std::move(pid));
  if (!held) co_return fail(held.error());
  const Pointer process = held->process;
  if (!process || process->ended() || (since && process->since != *since)) co_return Status();
  Result<Applied> applied = co_await end(process, std::move(reason), told, Word::Own);
  if (!applied) co_return fail(applied.error());
  if (applied->message) parts.outbox.send(std::move(*applied->message));
  co_return Status();
}

template <class Process>
async::Task<Status> ProcessService<Process>::end_owing(OutboxMessage message, Error reason, bool told) {
  Result<Held> held = co_await take(message.process);
  if (!held) co_return fail(held.error());
  if (!held->process || !store.owes(*held->process, message)) co_return Status();
  Result<Applied> applied = co_await end(held->process, std::move(reason), told, Word::Own);
  if (!applied) co_return fail(applied.error());
  if (applied->message) parts.outbox.send(std::move(*applied->message));
  co_return Status();
}

template <class Process>
async::Task<Status> ProcessService<Process>::end_asked(std::string id, Error reason) {
  Result<Pointer> process = store.find_any(id);
  if (!process) co_return fail(process.error());
  if (!*process) co_return unknown();
  if ((*process)->ended()) {
    co_return fail(
        Error(Code::Conflict, "it has ended").with("state", std::string(policy::to_text((*process)->state))));
  }
  Status allowed = may_end(**process);
  if (!allowed) co_return allowed;
  const std::string pid = (*process)->pid;
  Status ended = co_await end_by_pid(pid, std::move(reason), true, (*process)->since);
  if (!ended) co_return ended;
  process = store.find(pid);
  const bool stands = process && *process && !(*process)->ended();
  if (stands) co_return fail(Code::Conflict, "it moved on meanwhile; look again");
  co_return Status();
}

template <class Process>
async::Task<void> ProcessService<Process>::end_logged(ProcessService* self, std::string pid, Error reason) {
  Status ended = co_await self->end_by_pid(pid, std::move(reason), true);
  if (!ended) log_warn("dataspace.end", ended.error(), {{"process", pid}});
}

template <class Process>
void ProcessService<Process>::end_after(http::Response& response, const std::string& pid, Error reason) {
  response.after = [this, pid, reason = std::move(reason)](bool) {
    async::spawn(parts.outbox.executor(), end_logged(this, pid, reason), "process end");
  };
}

template <class Process>
async::Task<void> ProcessService<Process>::settle(OutboxMessage message, std::string answer, ProcessEvent::Source how) {
  Result<Held> held = co_await take(message.process);
  if (!held) {
    parts.outbox.again(std::move(message), held.error());
    co_return;
  }
  if (!held->process || !store.owes(*held->process, message)) co_return;
  Change<Process> change;
  Process& next = change.next;
  next = *held->process;
  const auto state = next.acknowledged();
  const bool entered = state != next.state || opens(message);
  if (state != next.state) next.enter(state);
  store.settled(next, how);
  if (begins(next, message.kind) && next.peer_pid.empty()) {
    const bool provider = next.role == Role::Provider;
    const Result<ProcessDocument> document = document_of(next, answer);
    if (document && (provider ? document->ids.provider : document->ids.consumer) == next.pid) {
      next.peer_pid = provider ? document->ids.consumer : document->ids.provider;
    }
  }
  const Status stepped = entered && !next.ended() ? step(change) : Status();
  if (!stepped) {
    parts.outbox.again(std::move(message), stepped.error());
    co_return;
  }
  if (forgettable(change, message)) {
    store.put(std::make_shared<const Process>(std::move(next)));
    co_return;
  }
  Result<Applied> applied = co_await apply(std::move(change));
  if (!applied) {
    parts.outbox.again(std::move(message), applied.error());
    co_return;
  }
  if (applied->message) parts.outbox.send(std::move(*applied->message));
}

template <class Process>
async::Task<std::optional<Instant>> ProcessService<Process>::look(std::string pid) {
  const Result<Pointer> process = store.find(pid);
  if (!process) co_return soon();
  const std::optional<Instant> due = *process ? store.due(**process) : std::nullopt;
  if (!due || parts.clock.now() < *due) co_return due;
  OutboxFinding finding = co_await store.inquire(*process);
  co_return co_await overdue(*process, std::move(finding));
}

template <class Process>
Error ProcessService<Process>::overdue_reason(const Process& process, const OutboxFinding& finding) {
  if (finding.verdict == Verdict::Ended) return *finding.error;
  return overdue_error(process, policy::to_text(process.state), finding.error);
}

template <class Process>
async::Task<std::optional<Instant>> ProcessService<Process>::end_overdue(Pointer process, Error reason, bool told) {
  const Status ended = co_await end_by_pid(process->pid, std::move(reason), told, process->since);
  if (ended) co_return std::nullopt;
  log_warn("dataspace.overdue", ended.error(), {{"process", process->pid}});
  co_return soon();
}

template class ProcessService<Negotiation>;
template class ProcessService<Transfer>;

}  // namespace sekisho::node
