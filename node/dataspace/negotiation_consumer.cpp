#include <fmt/format.h>

#include "node/dataspace/fields.hpp"
#include "node/dataspace/negotiation_impl.hpp"
#include "policy/offer.hpp"

namespace sekisho::node {

async::Task<Result<NegotiationStore::Applied>> NegotiationService::Impl::open(std::string provider_dns, std::string dataset, Json offer) {
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
                            [request](const std::vector<CommittedEntry>&) { return to_body(request); }, 3};
  co_return co_await store.apply(std::move(change));
}

async::Task<Result<AgreementPointer>> NegotiationService::negotiate(std::string provider_dns, std::string dataset, Json offer,
                                                                    async::Deadline deadline) {
  Result<NegotiationStore::Applied> applied = co_await impl_->open(provider_dns, std::move(dataset), std::move(offer));
  if (!applied) co_return fail(applied.error());
  const std::string pid = applied->process->pid;
  async::Completion<Result<AgreementPointer>> waiter = impl_->waiters.open(pid);
  impl_->parts.outbox.send(std::move(*applied->message));
  std::optional<Result<AgreementPointer>> outcome = co_await waiter.wait_until(deadline);
  if (outcome) co_return std::move(*outcome);
  impl_->waiters.drop(pid);
  co_return fail(Error(Code::Deadline, fmt::format("the negotiation with {} takes too long", provider_dns)).with("peer", provider_dns));
}

async::Task<Result<std::string>> NegotiationService::request(std::string provider_dns, std::string dataset, Json offer) {
  Result<NegotiationStore::Applied> applied = co_await impl_->open(std::move(provider_dns), std::move(dataset), std::move(offer));
  if (!applied) co_return fail(applied.error());
  impl_->parts.outbox.send(std::move(*applied->message));
  co_return applied->process->pid;
}

// A provider may answer a request by an offer of its own. This node takes it when its rules are the ones it asked for.
async::Task<Result<http::Response>> NegotiationService::Impl::take_offer(Held held, std::string body) {
  Result<ContractOfferMessage> message = parse_contract_offer(body);
  if (!message) co_return fail(message.error());
  if (!message->consumer_pid) co_return shape_error("/consumerPid", "is missing from a counter-offer");
  Status ids = ids_fit(*held.process, {message->provider_pid, *message->consumer_pid});
  if (!ids) co_return fail(ids.error());
  const Digest digest = message_digest(body);
  if (held.process->was_seen(digest)) co_return answer(*held.process, 200, std::nullopt);
  Result<policy::NegotiationState> state = held.process->after(policy::NegotiationMessage::Offer, store.sent(*held.process));
  if (!state) co_return fail(state.error());
  Status same = policy::same_offer(held.process->rules, held.process->dataset, message->offer, policy::PolicyKind::MessageOffer);
  if (!same && same.error().code != Code::OfferMismatch) co_return fail(same.error());

  Change<Negotiation> change;
  change.next = *held.process;
  change.next.peer_pid = message->provider_pid;
  change.next.enter(*state);
  change.next.see(digest);
  if (same) {
    step(change);
  } else {
    add_termination(change, same.error());
  }
  Result<NegotiationStore::Applied> applied = co_await store.apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  if (!same) waiters.settle(applied->process->pid, Result<AgreementPointer>(fail(same.error())));
  co_return answer(*applied->process, 200, std::move(applied->message));
}

// What a consumer must be able to say of an agreement before it seals it: these parties, this dataset, the rules it asked for.
Result<AgreementPointer> NegotiationService::Impl::check_agreement(const Negotiation& process, const Json& document) const {
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
  Status same = policy::same_offer(process.rules, process.dataset, document, policy::PolicyKind::Agreement);
  if (!same) return fail(same.error());
  // The id is the provider's choice, and must not be one that is taken.
  if (parts.agreements.find(record->id)) return fail(Error(Code::Conflict, "the agreement's id is taken").with("pointer", "/agreement/@id"));
  return record;
}

async::Task<Result<http::Response>> NegotiationService::Impl::take_agreement(Held held, trust::PeerIdentity peer, std::string body) {
  Result<ContractAgreementMessage> message = parse_contract_agreement(body);
  if (!message) co_return fail(message.error());
  Status ids = ids_fit(*held.process, message->ids);
  if (!ids) co_return fail(ids.error());
  const Digest digest = message_digest(body);
  if (held.process->was_seen(digest)) co_return answer(*held.process, 200, std::nullopt);
  Result<policy::NegotiationState> state = held.process->after(policy::NegotiationMessage::Agreement, store.sent(*held.process));
  if (!state) co_return fail(state.error());

  Change<Negotiation> change;
  change.next = *held.process;
  change.next.peer_pid = message->ids.provider;
  change.next.enter(*state);
  change.next.see(digest);
  Result<AgreementPointer> record = check_agreement(change.next, message->agreement);
  std::optional<Error> refusal;
  if (!record) {
    refusal = record.error();
  } else if (message->statement) {
    Result<CheckedStatement> checked = co_await parts.certificates.check(peer, *message->statement, trust::StatementKind::Agreement,
                                                                         async::Deadline::in(limits.peer));
    if (!checked && transient(checked.error().code)) co_return fail(checked.error());
    Status said = checked ? says(checked->statement, change.next, **record) : Status(fail(checked.error()));
    if (said) {
      change.entries.push_back(peer_statement(change.next, **record, std::move(checked->envelope)));
    } else {
      refusal = said.error();
    }
  } else if (parts.profile.sealed()) {
    refusal = Error(Code::JsonShape, "the agreement is not sealed by the provider").with("pointer", "/sekishoStatement");
  }
  if (refusal) {
    // The answer changes nothing; this node then ends the process by a message of its own.
    http::Response response = error_response(*refusal, change.next.ids(), "ContractNegotiationError");
    end_after(response, change.next.pid, *refusal);
    co_return response;
  }
  change.next.record = *record;
  step(change);
  Result<NegotiationStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  co_return answer(*applied->process, 200, std::move(applied->message));
}

}  // namespace sekisho::node
