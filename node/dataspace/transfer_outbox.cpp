#include <algorithm>

#include "base/core/log.hpp"
#include "node/dataspace/transfer_impl.hpp"

namespace sekisho::node {
namespace {

bool said_completed(const Error& ended) {
  const std::pair<std::string, std::string> said("state", policy::to_text(policy::TransferState::Completed));
  return std::ranges::find(ended.help, said) != ended.help.end();
}

}  // namespace

Result<std::string> TransferService::compose(const OutboxMessage& message) {
  if (message.kind != kStartKind) return message.body;
  Result<TransferStartMessage> start = parse_transfer_start(message.body);
  if (start && !start->address) return message.body;
  if (!start) return fail(Code::DatabaseDamaged, "a start message in the outbox cannot be read");
  Result<TransferPointer> process = impl_->store.find(message.process);
  if (!process) return fail(process.error());
  if (!*process) return fail(Code::TransferUnknown, "the transfer of a start message is gone");
  Result<TokenService::Issued> token = impl_->parts.tokens.issue((*process)->pid, (*process)->peer_did, (*process)->peer_cert);
  if (!token) return fail(token.error());
  start->address->token = std::move(token->token);
  start->address->auth_type = "bearer";
  return to_body(*start);
}

async::Task<void> TransferService::delivered(OutboxMessage message, std::string answer) {
  co_await impl_->settle(std::move(message), std::move(answer), ProcessEvent::Source::Out);
}

async::Task<void> TransferService::Impl::settle(OutboxMessage message, std::string answer, ProcessEvent::Source how) {
  Result<Turns::Turn> turn = co_await store.turn(message.process);
  if (!turn) {
    parts.outbox.again(std::move(message), turn.error());
    co_return;
  }
  Result<TransferPointer> process = store.find(message.process);
  if (!process || !*process || !store.owes(**process, message)) co_return;
  Change<Transfer> change;
  Transfer& next = change.next;
  next = **process;
  const policy::TransferState state = next.acknowledged();
  // What this node's operator ended has its state already; the profile is asked in either case.
  const bool entered = message.kind == kTransferRequestKind || state != next.state || message.kind == kSuspensionKind;
  if (state != next.state) next.enter(state);
  store.settled(next, how);
  if (message.kind == kTransferRequestKind) {
    const Result<ProcessDocument> document = parse_transfer(answer);
    if (document && document->ids.consumer == next.pid) next.peer_pid = document->ids.provider;
  }
  if (entered && !next.ended()) step(change);
  if (message.kind == kTransferRequestKind && !change.message && !next.push) {  // a push's message holds a token
    // Known in memory only: until the provider starts the transfer, the row stays and a restart asks again.
    store.put(std::make_shared<const Transfer>(std::move(next)));
    co_return;
  }
  Result<TransferStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) {
    parts.outbox.again(std::move(message), applied.error());
    co_return;
  }
  if (applied->message) parts.outbox.send(std::move(*applied->message));
}

async::Task<void> TransferService::refused(OutboxMessage message, Error error, bool answered) {
  const bool ending = message.kind == kTransferTerminationKind || message.kind == kCompletionKind;
  if (ending || (message.kind == kSuspensionKind && !answered)) {
    // An error in reply to an end may be ignored; a suspension holds on this side whether the peer heard of it or not.
    co_await impl_->settle(std::move(message), "", ProcessEvent::Source::Failed);
    co_return;
  }
  Status ended = co_await impl_->end_owing(message, std::move(error), message.kind != kTransferRequestKind);
  if (!ended) impl_->parts.outbox.again(std::move(message), ended.error());
}

// A process that has moved on meanwhile is not ended for an older word: what the peer said next settled that.
async::Task<Status> TransferService::Impl::end_owing(OutboxMessage message, Error reason, bool told) {
  Result<Turns::Turn> turn = co_await store.turn(message.process);
  if (!turn) co_return fail(turn.error());
  Result<TransferPointer> process = store.find(message.process);
  if (!process) co_return fail(process.error());
  if (!*process || !store.owes(**process, message)) co_return Status();
  Result<TransferStore::Applied> applied = co_await end(*process, std::move(reason), told);
  if (!applied) co_return fail(applied.error());
  if (applied->message) parts.outbox.send(std::move(*applied->message));
  co_return Status();
}

// The peer is at SUSPENDED, and its message did not come.
async::Task<Status> TransferService::Impl::follow(std::string pid, Instant since, policy::TransferState to) {
  Result<Turns::Turn> turn = co_await store.turn(pid);
  if (!turn) co_return fail(turn.error());
  Result<TransferPointer> process = store.find(pid);
  if (!process) co_return fail(process.error());
  const bool moved = !*process || (*process)->since != since || (*process)->state != policy::TransferState::Started;
  if (moved || !(*process)->pending.empty()) co_return Status();
  Change<Transfer> change;
  change.next = **process;
  change.next.enter(to);
  Result<TransferStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  co_return Status();
}

void TransferService::started() { impl_->store.started(); }

std::string TransferService::inquiry(const OutboxMessage& message) const { return impl_->store.inquiry(message); }

OutboxFinding TransferService::judge(const OutboxMessage& message, const http::ClientResponse& answer) const {
  return impl_->store.judge(message, answer);
}

async::Task<void> TransferService::failed(OutboxMessage message) { return impl_->store.keep(std::move(message)); }

async::Task<std::optional<Instant>> TransferService::overdue(std::string pid) {
  const Instant now = impl_->parts.clock.now();
  const std::optional<Instant> soon = now + kSoon;
  Result<TransferPointer> process = impl_->store.find(pid);
  if (!process) co_return soon;
  const std::optional<Instant> due = *process ? impl_->store.due(**process) : std::nullopt;
  if (!due || now < *due) co_return due;
  OutboxFinding finding = co_await impl_->store.inquire(*process);
  const bool there = finding.verdict != Verdict::Ended;
  // Of a running transfer that the peer has completed: its message did not come, and the end is the same.
  const bool completed = !there && (*process)->state == policy::TransferState::Started && (*process)->pending.empty() &&
                         said_completed(*finding.error);
  if (finding.verdict == Verdict::Arrived || completed) {
    const policy::TransferState to = completed ? policy::TransferState::Completed : policy::TransferState::Suspended;
    Status followed = co_await impl_->follow(pid, (*process)->since, to);
    if (!followed) log_warn("dataspace.overdue", followed.error(), {{"process", pid}});
    if (followed && completed) co_return std::nullopt;
    co_return followed ? now + kInquiry : soon;
  }
  if (there && !impl_->store.deadline(**process)) co_return now + kInquiry;
  Error reason = there ? overdue_error(**process, policy::to_text((*process)->state), std::move(finding.error)) : std::move(*finding.error);
  Status ended = co_await impl_->end_by_pid(pid, std::move(reason), there, (*process)->since);
  if (!ended) log_warn("dataspace.overdue", ended.error(), {{"process", pid}});
  co_return ended ? std::nullopt : soon;
}

Result<JsonArray> TransferService::processes(bool all, const std::string& peer_dns, std::size_t most) const {
  return impl_->store.list(all, peer_dns, most);
}

Result<JsonObject> TransferService::process(const std::string& id) const {
  const Result<TransferPointer> found = impl_->store.find_any(id);
  if (!found) return fail(found.error());
  if (!*found) return fail(Code::TransferUnknown, "no such transfer");
  return impl_->store.describe(**found);
}

async::Task<Status> TransferService::end(std::string id, Error reason) {
  Result<TransferPointer> process = impl_->store.find_any(id);
  if (!process) co_return fail(process.error());
  if (!*process) co_return fail(Code::TransferUnknown, "no such transfer");
  if ((*process)->ended()) co_return fail(Error(Code::Conflict, "it has ended").with("state", std::string(policy::to_text((*process)->state))));
  const std::string pid = (*process)->pid;
  Status ended = co_await impl_->end_by_pid(pid, std::move(reason), true, (*process)->since);
  if (!ended) co_return ended;
  process = impl_->store.find(pid);
  if (process && *process && !(*process)->ended()) co_return fail(Code::Conflict, "it moved on meanwhile; look again");
  co_return Status();
}

}  // namespace sekisho::node
