#include <algorithm>

#include <fmt/format.h>

#include "base/core/log.hpp"
#include "node/dataspace/fields.hpp"
#include "node/dataspace/negotiation_impl.hpp"
#include "policy/offer.hpp"

namespace sekisho::node {

async::Task<Result<NegotiationStore::Applied>> NegotiationService::Impl::open(std::string provider_dns,
                                                                              std::string dataset, Json offer) {
  Result<PeerAddress> provider = parts.profile.find(parts.trust, provider_dns);
  if (!provider) co_return fail(provider.error());
  policy::AdmissionOptions admission;
  admission.now = parts.clock.now();
  Result<policy::PolicyIr> admitted = policy::admit_policy(offer, policy::PolicyKind::CatalogueOffer, admission);
  if (!admitted) co_return fail(admitted.error());
  Result<Json> wanted = policy::message_offer(offer, dataset);
  if (!wanted) co_return fail(wanted.error());
  Status room = parts.outbox.admit();
  if (!room) co_return fail(room.error());

  Change<Negotiation> change;
  Negotiation& next = change.next;
  next.pid = new_pid(parts.random);
  next.role = Role::Consumer;
  next.peer_did = provider->did;
  next.peer_dns = provider_dns;
  next.peer_zone = provider->zone;
  next.base = provider->base;
  next.enter(policy::NegotiationState::Requested);
  next.dataset = dataset;
  next.offer = admitted->id;
  next.rules = admitted->digest;
  next.terms = *wanted;
  const ContractRequestMessage request{next.pid, std::nullopt, parts.profile.own_base(parts.self), std::move(*wanted)};
  change.message = Outgoing{std::string(kRequestKind), fmt::format("{}/negotiations/request", next.base),
                            fixed(to_body(request)), 3};
  co_return co_await store.apply(std::move(change));
}

async::Task<Result<AgreementPointer>> NegotiationService::negotiate(std::string provider_dns, std::string dataset,
                                                                    Json offer, async::Deadline deadline) {
  Result<NegotiationStore::Applied> applied = co_await impl_->open(provider_dns, std::move(dataset), std::move(offer));
  if (!applied) co_return fail(applied.error());
  const std::string pid = applied->process->pid;
  async::Completion<Result<AgreementPointer>> waiter = impl_->waiters.open(pid);
  impl_->parts.outbox.send(std::move(*applied->message));
  std::optional<Result<AgreementPointer>> outcome = co_await waiter.wait_until(deadline);
  if (outcome) co_return std::move(*outcome);
  impl_->waiters.drop(pid);
  co_return fail(Error(Code::Deadline, fmt::format("the negotiation with {} takes too long", provider_dns))
                     .with("peer", provider_dns));
}

async::Task<Result<std::string>> NegotiationService::request(std::string provider_dns, std::string dataset,
                                                             Json offer) {
  Result<NegotiationStore::Applied> applied =
      co_await impl_->open(std::move(provider_dns), std::move(dataset), std::move(offer));
  if (!applied) co_return fail(applied.error());
  impl_->parts.outbox.send(std::move(*applied->message));
  co_return applied->process->pid;
}

Status NegotiationService::Impl::put_offered(Negotiation& process, const Json& offered) const {
  policy::AdmissionOptions admission;
  admission.now = parts.clock.now();
  Result<policy::PolicyIr> admitted = policy::admit_policy(offered, policy::PolicyKind::MessageOffer, admission);
  if (!admitted) return fail(admitted.error());
  const auto names = [&](const char* member, const std::string& party) {
    const Result<std::string> named = get_string(offered.get_object(), member);
    return !named || *named == party;
  };
  if (!names("assigner", process.peer_did) || !names("assignee", parts.self.did)) {
    return fail(Error(Code::OfferMismatch, "the offer names other parties than its sender and this node")
                    .with("pointer", "/offer/assigner"));
  }
  if (!acceptable_id(admitted->id)) return shape_error("/offer/@id", "is not an acceptable id");
  if (!acceptable_id(admitted->target)) return shape_error("/offer/target", "is not an acceptable id");
  process.dataset = admitted->target;
  process.offer = admitted->id;
  process.rules = admitted->digest;
  process.terms = offered;
  return {};
}

// A provider begins. What it offers is kept for the operator, who alone can accept it (the profile is asked, and in the
// product says nothing).
async::Task<Result<http::Response>> NegotiationService::Impl::take_initial_offer(trust::PeerIdentity peer,
                                                                                 std::string body) {
  Result<ContractOfferMessage> message = parse_contract_offer(body);
  if (!message) co_return fail(message.error());
  if (message->consumer_pid) co_return shape_error("/consumerPid", "belongs to a counter-offer");
  Result<std::string> base = parts.profile.callback(*message->callback, peer.dns);
  if (!base) co_return fail(base.error());
  Change<Negotiation> change;
  Negotiation& next = change.next;
  next.peer_pid = message->provider_pid;
  next.role = Role::Consumer;
  next.peer_did = peer.did;
  next.peer_dns = peer.dns;
  next.peer_zone = peer.zone;
  next.base = std::move(*base);
  Status sound = put_offered(next, message->offer);
  if (!sound) co_return fail(sound.error());

  Result<Turns::Turn> turn = co_await store.turn("offer " + peer.did + " " + message->provider_pid);
  if (!turn) co_return fail(turn.error());
  const Digest digest = message_digest(to_body(*message));
  Result<NegotiationPointer> existing = store.find_by_peer(peer.did, message->provider_pid, Role::Consumer);
  if (!existing) co_return fail(existing.error());
  if (*existing) {
    if ((*existing)->was_seen(digest)) co_return answer(**existing, 201, std::nullopt);
    co_return fail(Error(Code::StateTransition, "another offer with the providerPid of a process")
                       .with("pointer", "/providerPid"));
  }
  Status admitted = store.admit(peer.did, std::min(limits.offers_per_peer, limits.open_per_peer));
  if (!admitted) co_return fail(admitted.error());
  Status room = parts.outbox.admit();
  if (!room) co_return fail(room.error());

  Status paced = unasked.admit(peer.did, parts.clock.now());
  if (!paced) co_return fail(paced.error());

  next.pid = new_pid(parts.random);
  next.enter(policy::NegotiationState::Offered);
  next.see(digest);
  Status decided = add_decision(change, "offer", Word::Peer);
  if (!decided) co_return fail(decided.error());
  Status stepped = step(change);
  if (!stepped) co_return fail(stepped.error());
  change.mutations.push_back(store.peer_index(next));
  Result<NegotiationStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  co_return answer(*applied->process, 201, std::move(applied->message));
}

// A provider may answer a request by an offer of its own. This node takes it when its rules are the ones it asked for;
// another ends the negotiation of somebody who waits for it, and else waits for the operator.
async::Task<Result<http::Response>> NegotiationService::Impl::take_offer(Held held, std::string body) {
  Result<ContractOfferMessage> message = parse_contract_offer(body);
  if (!message) co_return fail(message.error());
  if (!message->consumer_pid) co_return shape_error("/consumerPid", "is missing from a counter-offer");
  Status ids = ids_fit(*held.process, {message->provider_pid, *message->consumer_pid});
  if (!ids) co_return fail(ids.error());
  const Digest digest = message_digest(body);
  if (held.process->was_seen(digest)) co_return answer(*held.process, 200, std::nullopt);
  Result<policy::NegotiationState> state =
      held.process->after(policy::NegotiationMessage::Offer, store.sent(*held.process));
  if (!state) co_return fail(state.error());
  Status same =
      policy::same_offer(held.process->rules, held.process->dataset, message->offer, policy::PolicyKind::MessageOffer);
  if (!same && same.error().code != Code::OfferMismatch) co_return fail(same.error());

  Change<Negotiation> change;
  change.next = *held.process;
  change.next.peer_pid = message->provider_pid;
  change.next.enter(*state);
  change.next.see(digest);
  const bool ends = !same && waiters.waited_for(change.next.pid);
  if (!same && !ends) {
    Status taken = put_offered(change.next, message->offer);
    if (!taken) co_return fail(taken.error());
  }
  Status decided = add_decision(change, "offer", Word::Peer);
  if (!decided) co_return fail(decided.error());
  Status said;
  if (same) said = step(change);
  if (ends) said = add_termination(change, same.error());
  if (!said) co_return fail(said.error());
  Result<NegotiationStore::Applied> applied = co_await store.apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  if (ends) waiters.settle(applied->process->pid, Result<AgreementPointer>(fail(same.error())));
  co_return answer(*applied->process, 200, std::move(applied->message));
}

// What a consumer must be able to say of an agreement before it seals it: these parties, this dataset, the rules it
// asked for.
Result<AgreementPointer> NegotiationService::Impl::check_agreement(const Negotiation& process,
                                                                   const Json& document) const {
  auto record = std::make_shared<AgreementRecord>();
  record->role = Role::Consumer;
  record->document = document;
  record->peer_did = process.peer_did;
  record->peer_dns = process.peer_dns;
  record->peer_zone = process.peer_zone;
  record->dataset = process.dataset;
  record->offer = process.offer;
  Status complete = complete_record(*record, std::nullopt, {});
  if (!complete) return fail(complete.error());
  if (!acceptable_id(record->id)) return shape_error("/agreement/@id", "is not an acceptable id");
  if (record->agreement->assigner != process.peer_did || record->agreement->assignee != parts.self.did) {
    return fail(Error(Code::OfferMismatch, "the agreement names other parties").with("pointer", "/agreement/assignee"));
  }
  Status same = policy::same_offer(process.rules, process.dataset, record->agreement->ir);
  if (!same) return fail(same.error());
  // The id is the provider's choice, and must not be one that is taken.
  if (parts.agreements.find(record->id))
    return fail(Error(Code::Conflict, "the agreement's id is taken").with("pointer", "/agreement/@id"));
  return record;
}

async::Task<Result<http::Response>> NegotiationService::Impl::take_agreement(Held held, trust::PeerIdentity peer,
                                                                             std::string body) {
  Result<ContractAgreementMessage> message = parse_contract_agreement(body);
  if (!message) co_return fail(message.error());
  Status ids = ids_fit(*held.process, message->ids);
  if (!ids) co_return fail(ids.error());
  const Digest digest = message_digest(body);
  if (held.process->was_seen(digest)) co_return answer(*held.process, 200, std::nullopt);
  Result<policy::NegotiationState> state =
      held.process->after(policy::NegotiationMessage::Agreement, store.sent(*held.process));
  if (!state) co_return fail(state.error());

  Change<Negotiation> change;
  change.next = *held.process;
  change.next.peer_pid = message->ids.provider;
  change.next.enter(*state);
  change.next.see(digest);
  Result<AgreementPointer> record = check_agreement(change.next, message->agreement);
  std::optional<Error> refusal;
  // What is no agreement at all changes nothing; one that is not what was asked for ends the process.
  if (!record && (record.error().code == Code::JsonShape || record.error().code == Code::LimitExceeded))
    co_return fail(record.error());
  if (!record) {
    refusal = record.error();
  } else if (message->statement) {
    Result<CheckedStatement> checked = co_await parts.certificates.check(
        peer, *message->statement, trust::StatementKind::Agreement, async::Deadline::in(limits.peer));
    if (!checked && transient(checked.error().code)) co_return fail(checked.error());
    Status said = checked ? says(checked->statement, change.next, **record) : Status(fail(checked.error()));
    if (said) {
      change.entries.push_back(peer_statement(change.next, **record, std::move(checked->envelope)));
    } else {
      refusal = said.error();
    }
  } else if (parts.profile.sealed()) {
    refusal =
        Error(Code::JsonShape, "the agreement is not sealed by the provider").with("pointer", "/sekishoStatement");
  }
  if (refusal) {
    // The answer changes nothing; this node then ends the process by a message of its own.
    log_info("dataspace.refused", {{"peer", peer.dns}, {"code", refusal->name()}, {"reason", refusal->message}});
    http::Response response = error_response(*refusal, change.next.ids(), "ContractNegotiationError");
    end_after(response, change.next.pid, *refusal);
    co_return response;
  }
  change.next.record = *record;
  change.next.terms = nullptr;
  Status kept = keep_document(change, **record);
  if (!kept) co_return fail(kept.error());
  Status stepped = step(change);
  if (!stepped) co_return fail(stepped.error());
  Result<NegotiationStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  co_return answer(*applied->process, 200, std::move(applied->message));
}

}  // namespace sekisho::node
