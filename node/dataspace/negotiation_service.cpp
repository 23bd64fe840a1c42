#include "node/dataspace/negotiation_service.hpp"

#include <fmt/format.h>

#include "node/dataspace/fields.hpp"
#include "node/dataspace/negotiation_impl.hpp"

namespace sekisho::node {

NegotiationService::NegotiationService(DataspaceParts parts, DataspaceLimits limits)
    : impl_(std::make_unique<Impl>(parts, limits)) {}

NegotiationService::~NegotiationService() = default;

Status NegotiationService::load() { return impl_->store.load(); }

async::Task<http::Response> NegotiationService::on_message(NegotiationRoute route, trust::PeerIdentity peer,
                                                           std::string pid, std::string body) {
  Result<http::Response> response = co_await impl_->take(route, peer, pid, body);
  if (response) co_return std::move(*response);
  co_return impl_->refusal(response.error(), peer, pid, body);
}

http::Response NegotiationService::get(const trust::PeerIdentity& peer, const std::string& pid) const {
  return impl_->show(peer, pid);
}

async::Task<Status> NegotiationService::terminate(std::string pid, Code code) {
  Result<Impl::Held> held = co_await impl_->hold(std::move(pid));
  if (!held) co_return fail(held.error());
  const Negotiation& now = *held->process;
  Status allowed = impl_->may_end(now);
  if (!allowed) co_return allowed;
  if (!policy::may_send(now.state, policy::NegotiationMessage::Termination, now.role)) {
    co_return fail(Error(Code::StateTransition, "the negotiation cannot be ended from here")
                       .with("state", std::string(policy::to_text(now.state))));
  }
  Result<NegotiationStore::Applied> applied =
      co_await impl_->end(held->process, Error(code, "ended by this node"), true, Word::Own);
  if (!applied) co_return fail(applied.error());
  if (applied->message) impl_->parts.outbox.send(std::move(*applied->message));
  co_return Status();
}

std::string NegotiationService::state(const std::string& pid) const { return impl_->state(pid); }

Result<ProcessPage> NegotiationService::processes(const ProcessQuery& query) const { return impl_->store.page(query); }

Result<JsonObject> NegotiationService::process(const std::string& id) const { return impl_->describe(id); }

async::Task<Status> NegotiationService::end(std::string id, Error reason) {
  return impl_->end_asked(std::move(id), std::move(reason));
}

async::Task<Result<http::Response>> NegotiationService::Impl::take(NegotiationRoute route, trust::PeerIdentity peer,
                                                                   std::string pid, std::string body) {
  if (route == NegotiationRoute::Request) co_return co_await take_request(std::move(peer), std::move(body));
  if (route == NegotiationRoute::InitialOffer) co_return co_await take_initial_offer(std::move(peer), std::move(body));
  Result<Held> held = co_await hold(pid, peer.did);
  if (!held) co_return fail(held.error());
  const bool provider = held->process->role == Role::Provider;
  switch (route) {
    case NegotiationRoute::CounterRequest:
      if (provider) co_return co_await take_counter_request(std::move(*held), std::move(peer), std::move(body));
      break;
    case NegotiationRoute::Verification:
      if (provider) co_return co_await take_verification(std::move(*held), std::move(peer), std::move(body));
      break;
    case NegotiationRoute::Offer:
      if (!provider) co_return co_await take_offer(std::move(*held), std::move(body));
      break;
    case NegotiationRoute::Agreement:
      if (!provider) co_return co_await take_agreement(std::move(*held), std::move(peer), std::move(body));
      break;
    case NegotiationRoute::Event: co_return co_await take_event(std::move(*held), std::move(peer), std::move(body));
    case NegotiationRoute::Termination: co_return co_await take_termination(std::move(*held), std::move(body));
    default: break;
  }
  co_return unknown();  // the end point belongs to the other role
}

async::Task<Result<http::Response>> NegotiationService::Impl::take_event(Held held, trust::PeerIdentity peer,
                                                                         std::string body) {
  Result<NegotiationEventMessage> message = parse_negotiation_event(body);
  if (!message) co_return fail(message.error());
  Status ids = ids_fit(*held.process, message->ids);
  if (!ids) co_return fail(ids.error());
  const Digest digest = message_digest(body);
  if (held.process->was_seen(digest)) co_return answer(*held.process, 200, std::nullopt);
  const bool final = message->event == NegotiationEvent::Finalized;
  const auto event = final ? policy::NegotiationMessage::Finalized : policy::NegotiationMessage::Accepted;
  Result<policy::NegotiationState> state = held.process->after(event, store.sent(*held.process));
  if (!state) co_return fail(state.error());
  Change<Negotiation> change;
  change.next = *held.process;
  change.next.enter(*state);
  change.next.see(digest);
  if (final) co_return co_await take_final(std::move(held), std::move(peer), std::move(*message), std::move(change));
  change.next.peer_pid = message->ids.consumer;
  Status decided = add_decision(change, "accept", Word::Peer);
  if (!decided) co_return fail(decided.error());
  Status stepped = step(change);
  if (!stepped) co_return fail(stepped.error());
  Result<NegotiationStore::Applied> accepted = co_await apply(std::move(change));
  if (!accepted) co_return fail(accepted.error());
  co_return answer(*accepted->process, 200, std::move(accepted->message));
}

// The provider's last word states the agreement once more, now that both have. Nodes of the first release do not.
async::Task<Result<http::Response>> NegotiationService::Impl::take_final(Held held, trust::PeerIdentity peer,
                                                                         NegotiationEventMessage message,
                                                                         Change<Negotiation> change) {
  const AgreementPointer record = held.process->record;
  if (!record) co_return fail(Code::Internal, "a verified negotiation without its agreement");
  if (parts.agreements.find(record->id)) co_return fail(Code::Conflict, "the agreement's id is taken");
  if (message.statement) {
    Result<EntryDraft> entry = co_await check_final(std::move(peer), std::move(*message.statement), held.process);
    if (!entry) co_return fail(entry.error());
    change.entries.push_back(std::move(*entry));
  }
  Result<std::shared_ptr<const std::string>> row = change.next.record_row();
  if (!row) co_return fail(row.error());
  change.mutations.push_back({Family::Agreement, to_bytes(record->id), to_bytes(**row)});
  Result<NegotiationStore::Applied> applied = co_await store.apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  parts.agreements.insert(record);
  waiters.settle(applied->process->pid, record);
  co_return answer(*applied->process, 200, std::nullopt);
}

async::Task<Result<EntryDraft>> NegotiationService::Impl::check_final(trust::PeerIdentity peer, std::string statement,
                                                                      NegotiationPointer process) {
  const AgreementPointer record = process->record;
  Result<CheckedStatement> checked = co_await parts.certificates.check(
      std::move(peer), std::move(statement), trust::StatementKind::Agreement, async::Deadline::in(limits.peer));
  if (!checked) co_return fail(checked.error());
  Status said = says(checked->statement, *process, *record);
  if (!said) co_return fail(said.error());
  if (checked->statement.counter.value_or(0) == 0) {
    co_return fail(Code::EvidenceInvalid, "the final event carries the statement that came with the agreement");
  }
  co_return peer_statement(*process, *record, std::move(checked->envelope));
}

async::Task<Result<http::Response>> NegotiationService::Impl::take_termination(Held held, std::string body) {
  Result<EndMessage> message = parse_negotiation_termination(body);
  if (!message) co_return fail(message.error());
  Status ids = ids_fit(*held.process, message->ids);
  if (!ids) co_return fail(ids.error());
  const Digest digest = message_digest(body);
  if (held.process->was_seen(digest)) co_return answer(*held.process, 200, std::nullopt);
  Result<policy::NegotiationState> state =
      held.process->after(policy::NegotiationMessage::Termination, store.sent(*held.process));
  if (!state) co_return fail(state.error());
  Error reason = error_of({message->ids, message->code.value_or(""), message->reason}, held.process->peer_dns);
  auto seen = std::make_shared<Negotiation>(*held.process);
  seen->see(digest);
  Result<NegotiationStore::Applied> applied = co_await end(std::move(seen), std::move(reason), false, Word::Peer);
  if (!applied) co_return fail(applied.error());
  co_return answer(*applied->process, 200, std::nullopt);
}

async::Task<Result<NegotiationStore::Applied>> NegotiationService::Impl::end(NegotiationPointer process, Error reason,
                                                                             bool told, Word by) {
  Change<Negotiation> change;
  change.next = *process;
  change.next.enter(policy::NegotiationState::Terminated);
  change.next.blame(reason);
  const bool had_agreement = process->record && process->role == Role::Provider;
  if (had_agreement) change.mutations.push_back({Family::Agreement, to_bytes(process->record->id), std::nullopt});
  const bool says = told && !process->peer_pid.empty();
  Status decided = says ? add_termination(change, reason) : add_decision(change, "terminate", by);
  if (!decided) co_return fail(decided.error());
  // A consumer may have begun transfers under it before it ended the negotiation.
  const bool held = had_agreement && parts.transfers.held(process->record->digest);
  if (had_agreement) parts.transfers.hold(process->record->digest, true);
  Result<NegotiationStore::Applied> applied = co_await store.apply(std::move(change));
  if (!applied) {
    if (had_agreement && !held) parts.transfers.hold(process->record->digest, false);
    co_return applied;
  }
  if (had_agreement) parts.agreements.remove(process->record->id);
  waiters.settle(process->pid, Result<AgreementPointer>(fail(std::move(reason))));
  co_return applied;
}

// A final event may have reached the consumer, who then uses the agreement, and a verification the provider, who then
// finalizes: no end of ours takes either back.
Status NegotiationService::Impl::may_end(const Negotiation& process) const {
  if (process.pending == kFinalizedKind) {
    return fail(Error(Code::StateTransition,
                      "this node has called it final: withdraw the agreement (sekisho agreement withdraw)")
                    .with("state", "VERIFIED"));
  }
  if (process.pending == kVerificationKind) {
    return fail(
        Error(Code::StateTransition,
              "this node's verification is on its way, and may make it final: wait for the peer or the deadline")
            .with("state", "AGREED"));
  }
  return {};
}

}  // namespace sekisho::node
