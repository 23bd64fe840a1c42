#include "node/dataspace/negotiation_service.hpp"

#include <fmt/format.h>

#include "base/async/spawn.hpp"
#include "base/core/log.hpp"
#include "base/http/url.hpp"
#include "node/dataspace/fields.hpp"
#include "node/dataspace/negotiation_impl.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kError = "ContractNegotiationError";

std::unexpected<Error> unknown_process() { return fail(Code::NotFound, "no such negotiation for this peer"); }

}  // namespace

NegotiationService::NegotiationService(DataspaceParts parts, DataspaceLimits limits)
    : impl_(std::make_unique<Impl>(parts, limits)) {
  impl_->store.watch([this](std::string pid) { return overdue(std::move(pid)); });
  parts.outbox.own(std::string(Negotiation::kOwner), *this);
}

NegotiationService::~NegotiationService() = default;

Status NegotiationService::load() { return impl_->store.load(); }

async::Task<http::Response> NegotiationService::on_message(NegotiationRoute route, trust::PeerIdentity peer, std::string pid,
                                                           std::string body) {
  Result<http::Response> response = co_await impl_->take(route, peer, pid, body);
  if (response) co_return std::move(*response);
  const Error& error = response.error();
  log_info("dataspace.refused", {{"peer", peer.dns}, {"code", error.name()}, {"reason", error.message}});
  ProcessIds ids = ids_of_body(body, pid);
  const Result<NegotiationPointer> process = pid.empty() ? NegotiationPointer() : impl_->store.find_of(peer.did, pid);
  if (process && *process) ids = (*process)->ids();
  co_return error_response(error, std::move(ids), kError);
}

http::Response NegotiationService::get(const trust::PeerIdentity& peer, const std::string& pid) const {
  const Result<NegotiationPointer> process = impl_->store.find_of(peer.did, pid);
  if (!process) return error_response(process.error(), ids_of_body("", pid), kError);
  if (!*process) return error_response(unknown_process().error(), ids_of_body("", pid), kError);
  return impl_->answer(**process, 200, std::nullopt);
}

async::Task<Status> NegotiationService::terminate(std::string pid, Code code) {
  Result<Turns::Turn> turn = co_await impl_->store.turn(pid);
  if (!turn) co_return fail(turn.error());
  Result<NegotiationPointer> process = impl_->store.find(pid);
  if (!process) co_return fail(process.error());
  if (!*process) co_return unknown_process();
  const Negotiation& now = **process;
  // A final event may have reached the consumer, who then uses the agreement, and a verification the provider, who then
  // finalizes: no end of ours takes either back.
  if (now.pending == kFinalizedKind || now.pending == kVerificationKind || !policy::may_send(now.state, policy::NegotiationMessage::Termination, now.role)) {
    co_return fail(Error(Code::StateTransition, "the negotiation cannot be ended from here").with("state", state(pid)));
  }
  Result<NegotiationStore::Applied> applied = co_await impl_->end(*process, Error(code, "ended by this node"), true);
  if (!applied) co_return fail(applied.error());
  if (applied->message) impl_->parts.outbox.send(std::move(*applied->message));
  co_return Status();
}

std::string NegotiationService::state(const std::string& pid) const {
  const Result<NegotiationPointer> process = impl_->store.find(pid);
  return process && *process ? std::string(policy::to_text((*process)->state)) : std::string();
}

async::Task<Result<NegotiationService::Impl::Held>> NegotiationService::Impl::hold(std::string pid, std::string peer_did) {
  // Nobody queues for a process that is not theirs.
  Result<NegotiationPointer> before = store.find_of(peer_did, pid);
  if (!before) co_return fail(before.error());
  if (!*before) co_return unknown_process();
  Result<Turns::Turn> turn = co_await store.turn(pid);
  if (!turn) co_return fail(turn.error());
  Result<NegotiationPointer> process = store.find(pid);
  if (!process) co_return fail(process.error());
  if (!*process) co_return unknown_process();
  co_return Held{std::move(*turn), std::move(*process)};
}

async::Task<Result<http::Response>> NegotiationService::Impl::take(NegotiationRoute route, trust::PeerIdentity peer, std::string pid,
                                                                   std::string body) {
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
    case NegotiationRoute::Event:
      co_return co_await take_event(std::move(*held), std::move(peer), std::move(body));
    case NegotiationRoute::Termination:
      co_return co_await take_termination(std::move(*held), std::move(body));
    default:
      break;
  }
  co_return unknown_process();  // the end point belongs to the other role
}

http::Response NegotiationService::Impl::answer(const Negotiation& process, int status, std::optional<OutboxMessage> message) {
  const ProcessDocument document{process.ids(), std::string(policy::to_text(process.state))};
  http::Response response = http::json_response(status, to_body(document, "ContractNegotiation"));
  send_after(response, parts.outbox, std::move(message));
  return response;
}

async::Task<Result<http::Response>> NegotiationService::Impl::take_event(Held held, trust::PeerIdentity peer, std::string body) {
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
  change.entries.push_back(decision(change.next, "accept", Word::Peer));
  step(change);
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
    Result<CheckedStatement> checked = co_await parts.certificates.check(std::move(peer), *message.statement, trust::StatementKind::Agreement,
                                                                         async::Deadline::in(limits.peer));
    if (!checked) co_return fail(checked.error());
    Status said = says(checked->statement, *held.process, *record);
    if (!said) co_return fail(said.error());
    if (checked->statement.counter.value_or(0) == 0) {
      co_return fail(Code::EvidenceInvalid, "the final event carries the statement that came with the agreement");
    }
    change.entries.push_back(peer_statement(*held.process, *record, std::move(checked->envelope)));
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

async::Task<Result<http::Response>> NegotiationService::Impl::take_termination(Held held, std::string body) {
  Result<EndMessage> message = parse_negotiation_termination(body);
  if (!message) co_return fail(message.error());
  Status ids = ids_fit(*held.process, message->ids);
  if (!ids) co_return fail(ids.error());
  const Digest digest = message_digest(body);
  if (held.process->was_seen(digest)) co_return answer(*held.process, 200, std::nullopt);
  Result<policy::NegotiationState> state = held.process->after(policy::NegotiationMessage::Termination, store.sent(*held.process));
  if (!state) co_return fail(state.error());
  Error reason = error_of({message->ids, message->code.value_or(""), message->reason}, held.process->peer_dns);
  auto seen = std::make_shared<Negotiation>(*held.process);
  seen->see(digest);
  Result<NegotiationStore::Applied> applied = co_await end(std::move(seen), std::move(reason), false, Word::Peer);
  if (!applied) co_return fail(applied.error());
  co_return answer(*applied->process, 200, std::nullopt);
}

async::Task<Result<NegotiationStore::Applied>> NegotiationService::Impl::end(NegotiationPointer process, Error reason, bool told,
                                                                                      Word by) {
  Change<Negotiation> change;
  change.next = *process;
  change.next.enter(policy::NegotiationState::Terminated);
  change.next.blame(reason);
  const bool had_agreement = process->record && process->role == Role::Provider;
  if (had_agreement) change.mutations.push_back({Family::Agreement, to_bytes(process->record->id), std::nullopt});
  if (told && !process->peer_pid.empty()) {
    add_termination(change, reason);
  } else {
    change.entries.push_back(decision(change.next, "terminate", by));
  }
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

async::Task<Status> NegotiationService::Impl::end_by_pid(std::string pid, Error reason, bool told, std::optional<Instant> since) {
  Result<Turns::Turn> turn = co_await store.turn(pid);
  if (!turn) co_return fail(turn.error());
  Result<NegotiationPointer> process = store.find(pid);
  if (!process) co_return fail(process.error());
  if (!*process || (*process)->ended() || (since && (*process)->since != *since)) co_return Status();
  Result<NegotiationStore::Applied> applied = co_await end(*process, std::move(reason), told);
  if (!applied) co_return fail(applied.error());
  if (applied->message) parts.outbox.send(std::move(*applied->message));
  co_return Status();
}

async::Task<void> NegotiationService::Impl::end_logged(Impl* impl, std::string pid, Error reason) {
  Status ended = co_await impl->end_by_pid(pid, std::move(reason), true);
  if (!ended) log_warn("dataspace.end", ended.error(), {{"process", pid}});
}

void NegotiationService::Impl::end_after(http::Response& response, const std::string& pid, Error reason) {
  response.after = [this, pid, reason = std::move(reason)](bool) {
    async::spawn(parts.outbox.executor(), end_logged(this, pid, reason), "negotiation end");
  };
}

Outgoing NegotiationService::Impl::outgoing(const Negotiation& process, std::string_view kind, std::string_view path,
                                            std::function<std::string(const std::vector<CommittedEntry>&)> body) const {
  return {std::string(kind), fmt::format("{}/negotiations/{}/{}", process.base, http::percent_encode(process.peer_pid), path),
          std::move(body), 0};
}

}  // namespace sekisho::node
