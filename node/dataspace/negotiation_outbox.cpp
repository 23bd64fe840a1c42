#include "base/core/log.hpp"
#include "node/dataspace/negotiation_impl.hpp"

namespace sekisho::node {

Result<std::string> NegotiationService::compose(const OutboxMessage& message) { return message.body; }

async::Task<void> NegotiationService::delivered(OutboxMessage message, std::string answer) {
  Result<Turns::Turn> turn = co_await impl_->store.turn(message.process);
  if (!turn) co_return;  // the row stays; the next start sends it again
  Result<NegotiationPointer> process = impl_->store.find(message.process);
  if (!process || !*process || (*process)->pending != message.kind) co_return;
  Change<Negotiation> change;
  Negotiation& next = change.next;
  next = **process;
  const policy::NegotiationState state = next.acknowledged();
  const bool first = message.kind == kRequestKind || message.kind == kInitialOfferKind;
  const bool entered = first || state != next.state;
  if (state != next.state) next.enter(state);
  next.pending.clear();
  if (first && next.peer_pid.empty()) {
    const bool provider = next.role == Role::Provider;
    const Result<ProcessDocument> document = parse_negotiation(answer);
    if (document && (provider ? document->ids.provider : document->ids.consumer) == next.pid) {
      next.peer_pid = provider ? document->ids.consumer : document->ids.provider;
    }
  }
  if (entered) impl_->step(change);
  if (!next.ended() && !change.message) {
    impl_->store.put(std::make_shared<const Negotiation>(std::move(next)));
    co_return;
  }
  Result<NegotiationStore::Applied> applied = co_await impl_->apply(std::move(change));
  if (!applied) {
    log_warn("dataspace.outbox", applied.error(), {{"process", message.process}});
    co_return;
  }
  if (applied->message) impl_->parts.outbox.send(std::move(*applied->message));
}

async::Task<void> NegotiationService::refused(OutboxMessage message, Error error, bool answered) {
  Status ended;
  if (message.kind == kTerminationKind) {
    // An error in reply to a termination may be ignored.
    co_await delivered(std::move(message), "");
  } else if (message.kind != kFinalizedKind || answered) {
    ended = co_await impl_->end_by_pid(message.process, std::move(error), message.kind != kRequestKind && message.kind != kInitialOfferKind);
  }
  // A final event that did not reach the consumer: the agreement stands, the row stays, the next start sends it again.
  if (!ended) log_warn("dataspace.outbox", ended.error(), {{"process", message.process}});
}

}  // namespace sekisho::node
