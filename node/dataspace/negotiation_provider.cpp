#include <fmt/format.h>

#include "node/dataspace/fields.hpp"
#include "node/dataspace/negotiation_impl.hpp"
#include "policy/offer.hpp"
#include "policy/reader.hpp"

namespace sekisho::node {

async::Task<Result<http::Response>> NegotiationService::Impl::take_request(trust::PeerIdentity peer, std::string body) {
  Result<ContractRequestMessage> message = parse_contract_request(body);
  if (!message) co_return fail(message.error());
  if (message->provider_pid) co_return shape_error("/providerPid", "belongs to a counter-offer");
  Result<std::string> base = parts.profile.callback(*message->callback, peer.dns);
  if (!base) co_return fail(base.error());
  Result<policy::PolicyDocument> shape = policy::read_policy(message->offer, policy::PolicyKind::MessageOffer);
  if (!shape) co_return fail(shape.error());

  Result<Turns::Turn> turn = co_await store.turn("peer " + peer.did + " " + message->consumer_pid);
  if (!turn) co_return fail(turn.error());
  // What a repetition may change is not part of what was asked: members that nobody knows, the order of members.
  const Digest digest = message_digest(to_body(*message));
  Result<NegotiationPointer> existing = store.find_by_peer(peer.did, message->consumer_pid);
  if (!existing) co_return fail(existing.error());
  if (*existing) {
    if ((*existing)->was_seen(digest)) co_return answer(**existing, 201, std::nullopt);
    co_return fail(Error(Code::StateTransition, "another request with the consumerPid of a process")
                       .with("pointer", "/consumerPid"));
  }
  Status admitted = store.admit(peer.did);
  if (!admitted) co_return fail(admitted.error());
  Status kept = admit_agreement(peer.did);
  if (!kept) co_return fail(kept.error());
  Status room = parts.outbox.admit();
  if (!room) co_return fail(room.error());

  Change<Negotiation> change;
  Negotiation& next = change.next;
  next.pid = new_pid(parts.random);
  next.peer_pid = message->consumer_pid;
  next.role = Role::Provider;
  next.peer_did = peer.did;
  next.peer_dns = peer.dns;
  next.peer_zone = peer.zone;
  next.base = std::move(*base);
  next.dataset = shape->target;
  next.offer = shape->id;
  next.enter(policy::NegotiationState::Requested);
  next.see(digest);
  Status made = obtainable(peer, message->offer);
  if (!made) {
    Status paced = parts.profile.sealed() ? unasked.admit(peer.did, parts.clock.now()) : Status();
    if (!paced) co_return fail(paced.error());
  }
  Status said = made ? step(change) : add_termination(change, made.error());
  if (!said) co_return fail(said.error());
  change.mutations.push_back(store.peer_index(change.next));
  Result<NegotiationStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  co_return answer(*applied->process, 201, std::move(applied->message));
}

// An offer is taken as published or not at all (A14).
Status NegotiationService::Impl::obtainable(const trust::PeerIdentity& peer, const Json& wanted) const {
  const JsonObject& object = wanted.get_object();
  Result<std::string> id = get_id(object, "@id");
  if (!id) return fail(id.error());
  Result<std::string> target = get_id(object, "target");
  if (!target) return fail(target.error());
  const Result<std::shared_ptr<const Offer>> offer = made_to(*id, peer);
  if (!offer) return fail(offer.error());
  if ((*offer)->object.dataset != *target)
    return fail(Code::OfferUnknown, fmt::format("{} asked for an offer of another dataset", peer.dns));
  return policy::same_offer((*offer)->rules, *target, wanted, policy::PolicyKind::MessageOffer);
}

Result<std::shared_ptr<const Offer>> NegotiationService::Impl::made_to(const std::string& offer,
                                                                       const trust::PeerIdentity& consumer) const {
  std::shared_ptr<const Offer> found = parts.catalog.state()->offer(offer);
  if (found && visible(*found, consumer)) return found;
  return fail(Code::OfferUnknown, fmt::format("no offer of that name is made to {}", consumer.dns));
}

// Agreements are evidence, and stay for ever.
Status NegotiationService::Impl::admit_agreement(const std::string& peer_did) const {
  const std::size_t count = parts.agreements.provided_to(peer_did);
  if (count < limits.agreements_per_peer) return {};
  return fail(Error(Code::AgreementLimit, fmt::format("{} has {} agreements with this node", peer_did, count))
                  .with("limit", fmt::format("{}", limits.agreements_per_peer)));
}

// What is published now is pinned with the agreement.
Result<AgreementPointer> NegotiationService::Impl::agree(const Negotiation& process) const {
  Status admitted = admit_agreement(process.peer_did);
  if (!admitted) return fail(admitted.error());
  const std::shared_ptr<const CatalogState> catalog = parts.catalog.state();
  const std::shared_ptr<const Offer> offer = catalog->offer(process.offer);
  const std::shared_ptr<const Dataset> dataset = catalog->dataset(process.dataset);
  if (!offer || !dataset || offer->object.dataset != process.dataset)
    return fail(Code::OfferUnknown, "the offer is not made any more");
  // What was offered is what is agreed, or nothing.
  if (process.rules != Digest{} && process.rules != offer->rules)
    return fail(Code::OfferMismatch, "the offer has changed since it was made");
  policy::AdmissionOptions admission;
  admission.now = parts.clock.now();
  Result<policy::PolicyIr> current =
      policy::admit_policy(offer->document, policy::PolicyKind::CatalogueOffer, admission);
  if (!current) return fail(current.error());

  policy::AgreementParts agreement;
  agreement.id = new_pid(parts.random);
  agreement.assigner = parts.self.did;
  agreement.assignee = process.peer_did;
  agreement.target = process.dataset;
  agreement.timestamp = parts.clock.now();
  Result<Json> document = policy::agreement_document(offer->document, agreement);
  if (!document) return fail(document.error());

  auto record = std::make_shared<AgreementRecord>();
  record->role = Role::Provider;
  record->document = std::move(*document);
  record->peer_did = process.peer_did;
  record->peer_dns = process.peer_dns;
  record->peer_zone = process.peer_zone;
  record->dataset = process.dataset;
  record->offer = process.offer;
  record->source = dataset->object.source;
  record->media = dataset->object.media;
  Status complete = complete_record(*record, dataset->object.view, pseudonym_root(parts.self));
  if (!complete) return fail(complete.error());
  return record;
}

// A consumer counters an offer of this node; what it wants instead must be another published offer, or the same.
async::Task<Result<http::Response>> NegotiationService::Impl::take_counter_request(Held held, trust::PeerIdentity peer,
                                                                                   std::string body) {
  Result<ContractRequestMessage> message = parse_contract_request(body);
  if (!message) co_return fail(message.error());
  if (!message->provider_pid) co_return shape_error("/providerPid", "is missing from a counter-offer");
  Status ids = ids_fit(*held.process, {*message->provider_pid, message->consumer_pid});
  if (!ids) co_return fail(ids.error());
  Result<policy::PolicyDocument> shape = policy::read_policy(message->offer, policy::PolicyKind::MessageOffer);
  if (!shape) co_return fail(shape.error());
  const Digest digest = message_digest(body);
  if (held.process->was_seen(digest)) co_return answer(*held.process, 200, std::nullopt);
  Result<policy::NegotiationState> state =
      held.process->after(policy::NegotiationMessage::Request, store.sent(*held.process));
  if (!state) co_return fail(state.error());
  Status made = obtainable(peer, message->offer);
  if (!made && made.error().code == Code::OfferUnknown) {
    // The process is known: 404 would say that it is not.
    co_return fail(Error(Code::OfferMismatch, "the counter-offer is none of this node's offers", made.error())
                       .with("pointer", "/offer/@id"));
  }
  if (!made) co_return fail(made.error());

  Change<Negotiation> change;
  change.next = *held.process;
  change.next.peer_pid = message->consumer_pid;
  change.next.dataset = shape->target;
  change.next.offer = shape->id;
  change.next.rules = {};  // of what is published now
  change.next.enter(*state);
  change.next.see(digest);
  Status decided = add_decision(change, "request", Word::Peer);
  if (!decided) co_return fail(decided.error());
  Status stepped = step(change);
  if (!stepped) co_return fail(stepped.error());
  Result<NegotiationStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  co_return answer(*applied->process, 200, std::move(applied->message));
}

async::Task<Result<http::Response>> NegotiationService::Impl::take_verification(Held held, trust::PeerIdentity peer,
                                                                                std::string body) {
  Result<VerificationMessage> message = parse_verification(body);
  if (!message) co_return fail(message.error());
  Status ids = ids_fit(*held.process, message->ids);
  if (!ids) co_return fail(ids.error());
  const Digest digest = message_digest(body);
  if (held.process->was_seen(digest)) co_return answer(*held.process, 200, std::nullopt);
  Result<policy::NegotiationState> state =
      held.process->after(policy::NegotiationMessage::Verification, store.sent(*held.process));
  if (!state) co_return fail(state.error());
  Change<Negotiation> change;
  if (message->statement) {
    const AgreementPointer record = held.process->record;
    Result<CheckedStatement> checked = co_await parts.certificates.check(
        peer, *message->statement, trust::StatementKind::Agreement, async::Deadline::in(limits.peer));
    if (!checked) co_return fail(checked.error());
    Status said = says(checked->statement, *held.process, *record);
    if (!said) co_return fail(said.error());
    change.entries.push_back(peer_statement(*held.process, *record, std::move(checked->envelope)));
  } else if (parts.profile.sealed()) {
    co_return shape_error("/sekishoStatement", "is missing: the agreement is not sealed by the consumer");
  }
  change.next = *held.process;
  change.next.enter(*state);
  change.next.see(digest);
  Status stepped = step(change);
  if (!stepped) co_return fail(stepped.error());
  Result<NegotiationStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  co_return answer(*applied->process, 200, std::move(applied->message));
}

}  // namespace sekisho::node
