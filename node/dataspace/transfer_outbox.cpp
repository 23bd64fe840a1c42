#include "base/core/log.hpp"
#include "node/dataspace/transfer_impl.hpp"

namespace sekisho::node {

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
  Result<Turns::Turn> turn = co_await impl_->store.turn(message.process);
  if (!turn) co_return;  // the row stays; the next start sends it again
  Result<TransferPointer> process = impl_->store.find(message.process);
  if (!process || !*process || (*process)->pending != message.kind) co_return;
  Change<Transfer> change;
  Transfer& next = change.next;
  next = **process;
  const policy::TransferState state = next.acknowledged();
  // What this node's operator ended has its state already; the profile is asked in either case.
  const bool entered = message.kind == kTransferRequestKind || state != next.state || message.kind == kSuspensionKind;
  if (state != next.state) next.enter(state);
  next.pending.clear();
  if (message.kind == kTransferRequestKind) {
    const Result<ProcessDocument> document = parse_transfer(answer);
    if (document && document->ids.consumer == next.pid) next.peer_pid = document->ids.provider;
  }
  if (entered && !next.ended()) impl_->step(change);
  if (message.kind == kTransferRequestKind && !change.message) {
    // Known in memory only: until the provider starts the transfer, the row stays and a restart asks again.
    impl_->store.put(std::make_shared<const Transfer>(std::move(next)));
    co_return;
  }
  Result<TransferStore::Applied> applied = co_await impl_->apply(std::move(change));
  if (!applied) {
    log_warn("dataspace.outbox", applied.error(), {{"process", message.process}});
    co_return;
  }
  if (applied->message) impl_->parts.outbox.send(std::move(*applied->message));
}

async::Task<void> TransferService::refused(OutboxMessage message, Error error, bool answered) {
  const bool ending = message.kind == kTransferTerminationKind || message.kind == kCompletionKind;
  if (ending || (message.kind == kSuspensionKind && !answered)) {
    // An error in reply to an end may be ignored; a suspension holds on this side whether the peer heard of it or not.
    co_await delivered(std::move(message), "");
    co_return;
  }
  Status ended = co_await impl_->end_by_pid(message.process, std::move(error), message.kind != kTransferRequestKind);
  if (!ended) log_warn("dataspace.outbox", ended.error(), {{"process", message.process}});
}

}  // namespace sekisho::node
