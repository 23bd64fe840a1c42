// What becomes of this node's messages, and of transfers that wait too long.
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

Result<std::string> TransferService::Impl::compose(const OutboxMessage& message) {
  if (message.kind != kStartKind) return message.body;
  Result<TransferStartMessage> start = parse_transfer_start(message.body);
  if (start && !start->address) return message.body;
  if (!start) return fail(Code::DatabaseDamaged, "a start message in the outbox cannot be read");
  const Result<TransferPointer> process = known(message.process);
  if (!process) return fail(process.error());
  Result<TokenService::Issued> token = parts.tokens.issue((*process)->pid, (*process)->peer_did, (*process)->peer_cert);
  if (!token) return fail(token.error());
  start->address->token = std::move(token->token);
  start->address->auth_type = "bearer";
  return to_body(*start);
}

// What this node's operator suspended has its state already.
bool TransferService::Impl::opens(const OutboxMessage& message) const {
  return message.kind == kTransferRequestKind || message.kind == kSuspensionKind;
}

// Until the provider starts the transfer, a restart asks again. The message of a push holds a token, and goes.
bool TransferService::Impl::forgettable(const Change<Transfer>& change, const OutboxMessage& message) const {
  return message.kind == kTransferRequestKind && !change.message && !change.next.push;
}

async::Task<void> TransferService::Impl::refused(OutboxMessage message, Error error, bool answered) {
  const bool ending = message.kind == kTransferTerminationKind || message.kind == kCompletionKind;
  if (ending || (message.kind == kSuspensionKind && !answered)) {
    // An error in reply to an end may be ignored; a suspension holds on this side whether the peer heard of it or not.
    co_await settle(std::move(message), "", ProcessEvent::Source::Failed);
    co_return;
  }
  Status ended = co_await end_owing(message, std::move(error), message.kind != kTransferRequestKind);
  if (!ended) parts.outbox.again(std::move(message), ended.error());
}

// The peer is at SUSPENDED, and its message did not come.
async::Task<Status> TransferService::Impl::follow(std::string pid, Instant since, policy::TransferState to) {
  Result<Held> held = co_await hold(std::move(pid));
  if (!held) co_return fail(held.error());
  const Transfer& now = *held->process;
  if (now.since != since || now.state != policy::TransferState::Started || !now.pending.empty()) co_return Status();
  Change<Transfer> change;
  change.next = now;
  change.next.enter(to);
  const bool completed = to == policy::TransferState::Completed;
  Status decided = add_decision(change, completed ? "complete" : "suspend", Word::Peer);
  if (!decided) co_return decided;
  Result<TransferStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  co_return Status();
}

async::Task<std::optional<Instant>> TransferService::Impl::overdue(TransferPointer process, OutboxFinding finding) {
  const bool there = finding.verdict != Verdict::Ended;
  // Of a running transfer that the peer has completed: its message did not come, and the end is the same.
  const bool completed = !there && process->state == policy::TransferState::Started && process->pending.empty() &&
                         said_completed(*finding.error);
  if (finding.verdict == Verdict::Arrived || completed) {
    const policy::TransferState to = completed ? policy::TransferState::Completed : policy::TransferState::Suspended;
    const Status followed = co_await follow(process->pid, process->since, to);
    if (followed) co_return completed ? std::nullopt : std::optional(parts.clock.now() + kInquiry);
    log_warn("dataspace.overdue", followed.error(), {{"process", process->pid}});
    co_return soon();
  }
  if (there && !store.deadline(*process)) co_return parts.clock.now() + kInquiry;
  Error reason = overdue_reason(*process, finding);
  co_return co_await end_overdue(process, std::move(reason), there);
}

}  // namespace sekisho::node
