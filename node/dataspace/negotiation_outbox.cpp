#include "base/core/log.hpp"
#include "node/dataspace/negotiation_impl.hpp"

namespace sekisho::node {
namespace {

// How often a consumer that has verified asks while it outwaits its provider.
constexpr std::chrono::hours kAskAgain{1};

}  // namespace

Result<std::string> NegotiationService::compose(const OutboxMessage& message) { return message.body; }

async::Task<void> NegotiationService::delivered(OutboxMessage message, std::string answer) {
  co_await impl_->settle(std::move(message), std::move(answer), ProcessEvent::Source::Out);
}

async::Task<void> NegotiationService::Impl::settle(OutboxMessage message, std::string answer, ProcessEvent::Source how) {
  Result<Turns::Turn> turn = co_await store.turn(message.process);
  if (!turn) {
    parts.outbox.again(std::move(message), turn.error());
    co_return;
  }
  Result<NegotiationPointer> process = store.find(message.process);
  if (!process || !*process || !store.owes(**process, message)) co_return;
  Change<Negotiation> change;
  Negotiation& next = change.next;
  next = **process;
  const policy::NegotiationState state = next.acknowledged();
  const bool first = message.kind == kRequestKind || message.kind == kInitialOfferKind;
  const bool entered = first || state != next.state;
  if (state != next.state) next.enter(state);
  store.settled(next, how);
  if (first && next.peer_pid.empty()) {
    const bool provider = next.role == Role::Provider;
    const Result<ProcessDocument> document = parse_negotiation(answer);
    if (document && (provider ? document->ids.provider : document->ids.consumer) == next.pid) {
      next.peer_pid = provider ? document->ids.consumer : document->ids.provider;
    }
  }
  if (entered) step(change);
  if (!next.ended() && !change.message) {
    store.put(std::make_shared<const Negotiation>(std::move(next)));
    co_return;
  }
  Result<NegotiationStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) {
    parts.outbox.again(std::move(message), applied.error());
    co_return;
  }
  if (applied->message) parts.outbox.send(std::move(*applied->message));
}

async::Task<void> NegotiationService::refused(OutboxMessage message, Error error, bool answered) {
  if (message.kind == kTerminationKind) {
    // An error in reply to a termination may be ignored.
    co_await impl_->settle(std::move(message), "", ProcessEvent::Source::Failed);
    co_return;
  }
  const Result<NegotiationPointer> process = impl_->store.find(message.process);
  if (process && (!*process || !impl_->store.owes(**process, message))) co_return;
  if ((message.kind == kFinalizedKind || message.kind == kVerificationKind) && !answered) {
    // The peer may have it, and the agreement is sealed by both then: said again until the deadline of the state.
    impl_->parts.outbox.again(std::move(message), error, true);
    co_return;
  }
  const bool told = message.kind != kRequestKind && message.kind != kInitialOfferKind;
  Status ended = co_await impl_->end_owing(message, std::move(error), told);
  if (!ended) impl_->parts.outbox.again(std::move(message), ended.error());
}

// A process that has moved on meanwhile is not ended for an older word: what the peer said next settled that.
async::Task<Status> NegotiationService::Impl::end_owing(OutboxMessage message, Error reason, bool told) {
  Result<Turns::Turn> turn = co_await store.turn(message.process);
  if (!turn) co_return fail(turn.error());
  Result<NegotiationPointer> process = store.find(message.process);
  if (!process) co_return fail(process.error());
  if (!*process || !store.owes(**process, message)) co_return Status();
  Result<NegotiationStore::Applied> applied = co_await end(*process, std::move(reason), told);
  if (!applied) co_return fail(applied.error());
  if (applied->message) parts.outbox.send(std::move(*applied->message));
  co_return Status();
}

// Without the other's last message: both have sealed the agreement, and it is final where its provider has said so.
async::Task<Status> NegotiationService::Impl::finalize(std::string pid, Instant since, Error reason) {
  Result<Turns::Turn> turn = co_await store.turn(pid);
  if (!turn) co_return fail(turn.error());
  Result<NegotiationPointer> process = store.find(pid);
  if (!process) co_return fail(process.error());
  if (!*process || (*process)->ended() || (*process)->since != since) co_return Status();
  const AgreementPointer record = (*process)->record;
  if (!record) co_return fail(Code::Internal, "a verified negotiation without its agreement");
  Change<Negotiation> change;
  change.next = **process;
  change.next.enter(policy::NegotiationState::Finalized);
  change.next.blame(reason);
  change.entries.push_back(decision(change.next, "finalize", Word::Own));
  const bool consumer = change.next.role == Role::Consumer;
  if (consumer) {
    if (parts.agreements.find(record->id)) co_return fail(Code::Conflict, "the agreement's id is taken");
    Result<std::string> row = canonical_json(to_row(*record));
    if (!row) co_return fail(row.error());
    change.mutations.push_back({Family::Agreement, to_bytes(record->id), to_bytes(*row)});
  }
  Result<NegotiationStore::Applied> applied = co_await store.apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  if (consumer) parts.agreements.insert(record);
  waiters.settle(pid, record);
  co_return Status();
}

void NegotiationService::started() { impl_->store.started(); }

std::string NegotiationService::inquiry(const OutboxMessage& message) const { return impl_->store.inquiry(message); }

OutboxFinding NegotiationService::judge(const OutboxMessage& message, const http::ClientResponse& answer) const {
  return impl_->store.judge(message, answer);
}

async::Task<void> NegotiationService::failed(OutboxMessage message) { return impl_->store.keep(std::move(message)); }

async::Task<std::optional<Instant>> NegotiationService::overdue(std::string pid) {
  const Instant now = impl_->parts.clock.now();
  const std::optional<Instant> soon = now + kSoon;
  Result<NegotiationPointer> process = impl_->store.find(pid);
  if (!process) co_return soon;
  const std::optional<Instant> due = *process ? impl_->store.due(**process) : std::nullopt;
  if (!due || now < *due) co_return due;
  OutboxFinding finding = co_await impl_->store.inquire(*process);
  const bool there = finding.verdict != Verdict::Ended;
  Error reason = there ? overdue_error(**process, policy::to_text((*process)->state), std::move(finding.error)) : std::move(*finding.error);
  // What the provider has called final the consumer may use already: it is never taken back but on the consumer's word.
  const bool said = (*process)->role == Role::Provider && (*process)->pending == kFinalizedKind;
  const bool heard = (*process)->role == Role::Consumer && finding.verdict == Verdict::Arrived && (*process)->pending.empty();
  bool taken = false;
  if (there && (said || heard)) {
    Status finalized = co_await impl_->finalize(pid, (*process)->since, reason);
    if (finalized) co_return std::nullopt;
    log_warn("dataspace.overdue", finalized.error(), {{"process", pid}});
    // Another agreement has its id by now: this one can never be used.
    taken = finalized.error().code == Code::Conflict;
    if (!taken) co_return soon;
    reason = finalized.error();
  }
  // At its own deadline the provider takes what it called final for final, heard or not: who has verified outwaits that.
  if (there && !taken && now < *due + outwait(**process)) co_return now + kAskAgain;
  Status ended = co_await impl_->end_by_pid(pid, std::move(reason), there, (*process)->since);
  if (!ended) log_warn("dataspace.overdue", ended.error(), {{"process", pid}});
  co_return ended ? std::nullopt : soon;
}

Result<JsonArray> NegotiationService::processes(bool all, const std::string& peer_dns, std::size_t most) const {
  return impl_->store.list(all, peer_dns, most);
}

Result<JsonObject> NegotiationService::process(const std::string& id) const {
  const Result<NegotiationPointer> found = impl_->store.find_any(id);
  if (!found) return fail(found.error());
  if (!*found) return fail(Code::NotFound, "no such negotiation");
  return impl_->store.describe(**found);
}

async::Task<Status> NegotiationService::end(std::string id, Error reason) {
  Result<NegotiationPointer> process = impl_->store.find_any(id);
  if (!process) co_return fail(process.error());
  if (!*process) co_return fail(Code::NotFound, "no such negotiation");
  if ((*process)->ended()) co_return fail(Error(Code::Conflict, "it has ended").with("state", std::string(policy::to_text((*process)->state))));
  if ((*process)->role == Role::Provider && (*process)->pending == kFinalizedKind) {
    co_return fail(Error(Code::StateTransition, "this node has called it final: withdraw the agreement (sekisho agreement withdraw)").with("state", "VERIFIED"));
  }
  if ((*process)->pending == kVerificationKind) {
    co_return fail(Error(Code::StateTransition, "this node's verification is on its way, and may make it final: wait for the peer or the deadline").with("state", "AGREED"));
  }
  const std::string pid = (*process)->pid;
  Status ended = co_await impl_->end_by_pid(pid, std::move(reason), true, (*process)->since);
  if (!ended) co_return ended;
  process = impl_->store.find(pid);
  if (process && *process && !(*process)->ended()) co_return fail(Code::Conflict, "it moved on meanwhile; look again");
  co_return Status();
}

}  // namespace sekisho::node
