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
  Result<std::string> base = callback_path(*message->callback, peer.dns);
  if (!base) co_return fail(base.error());
  Result<policy::PolicyDocument> shape = policy::read_policy(message->offer, policy::PolicyKind::MessageOffer);
  if (!shape) co_return fail(shape.error());

  Result<Turns::Turn> turn = co_await store.turn("peer " + peer.did + " " + message->consumer_pid);
  if (!turn) co_return fail(turn.error());
  const Digest digest = message_digest(body);
  Result<NegotiationPointer> existing = store.find_by_peer(peer.did, message->consumer_pid);
  if (!existing) co_return fail(existing.error());
  if (*existing) {
    if ((*existing)->was_seen(digest)) co_return answer(**existing, 201, std::nullopt);
    co_return fail(Error(Code::StateTransition, "another request with the consumerPid of a process").with("pointer", "/consumerPid"));
  }
  Status admitted = store.admit(peer.did);
  if (!admitted) co_return fail(admitted.error());
  Status room = parts.outbox.admit();
  if (!room) co_return fail(room.error());

  Negotiation next;
  next.pid = new_pid(parts.random);
  next.peer_pid = message->consumer_pid;
  next.role = Role::Provider;
  next.peer_did = peer.did;
  next.peer_dns = peer.dns;
  next.peer_zone = peer.zone;
  next.base = std::move(*base);
  next.state = policy::NegotiationState::Requested;
  next.dataset = shape->target;
  next.offer = shape->id;
  next.see(digest);
  Result<AgreementPointer> record = agree(peer, *message);
  Change<Negotiation> change;
  if (record) {
    change = agreeing(std::move(next), *record);
  } else {
    const Error reason = record.error();
    next.code = reason.name();
    const EndMessage ending{next.ids(), std::string(reason.name()), reason_of(reason)};
    change.message = outgoing(next, kTerminationKind, "termination", [ending](const std::vector<CommittedEntry>&) {
      return to_body(ending, "ContractNegotiationTerminationMessage");
    });
    change.next = std::move(next);
  }
  change.mutations.push_back(store.peer_index(change.next));
  Result<NegotiationStore::Applied> applied = co_await store.apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  co_return answer(*applied->process, 201, std::move(applied->message));
}

// An offer is taken as published or not at all (A14); what was published is pinned with the agreement.
Result<AgreementPointer> NegotiationService::Impl::agree(const trust::PeerIdentity& peer, const ContractRequestMessage& message) const {
  const JsonObject& wanted = message.offer.get_object();
  Result<std::string> id = get_id(wanted, "@id");
  if (!id) return fail(id.error());
  Result<std::string> target = get_id(wanted, "target");
  if (!target) return fail(target.error());
  const std::shared_ptr<const CatalogState> catalog = parts.catalog.state();
  const std::shared_ptr<const Offer> offer = catalog->offer(*id);
  const std::shared_ptr<const Dataset> dataset = catalog->dataset(*target);
  if (!offer || !dataset || offer->object.dataset != *target || !visible(*offer, peer, parts.clock.now())) {
    return fail(Code::OfferUnknown, fmt::format("{} asked for an offer that is not made to it", peer.dns));
  }
  Status same = policy::same_offer(offer->rules, *target, message.offer, policy::PolicyKind::MessageOffer);
  if (!same) return fail(same.error());
  policy::AdmissionOptions admission;
  admission.now = parts.clock.now();
  Result<policy::PolicyIr> current = policy::admit_policy(offer->document, policy::PolicyKind::CatalogueOffer, admission);
  if (!current) return fail(current.error());

  policy::AgreementParts agreement;
  agreement.id = new_pid(parts.random);
  agreement.assigner = parts.self.did;
  agreement.assignee = peer.did;
  agreement.target = *target;
  agreement.timestamp = parts.clock.now();
  Result<Json> document = policy::agreement_document(offer->document, agreement);
  if (!document) return fail(document.error());

  auto record = std::make_shared<AgreementRecord>();
  record->role = Role::Provider;
  record->document = std::move(*document);
  record->peer_did = peer.did;
  record->peer_dns = peer.dns;
  record->peer_zone = peer.zone;
  record->dataset = *target;
  record->offer = *id;
  record->source = dataset->object.source;
  record->media = dataset->object.media;
  Status complete = complete_record(*record, dataset->object.view, pseudonym_root(parts.self));
  if (!complete) return fail(complete.error());
  return record;
}

Change<Negotiation> NegotiationService::Impl::agreeing(Negotiation next, AgreementPointer record) const {
  next.record = record;
  next.rules = record->agreement->ir.digest;
  Change<Negotiation> change;
  change.entries.push_back(own_statement(next, *record));
  change.message = outgoing(next, kAgreementKind, "agreement", [ids = next.ids(), record](const std::vector<CommittedEntry>& entries) {
    return to_body(ContractAgreementMessage{ids, record->document, envelope_text(entries.front())});
  });
  change.next = std::move(next);
  return change;
}

// This node makes no offers, so nothing can be countered: the table says so.
async::Task<Result<http::Response>> NegotiationService::Impl::take_counter_request(Held held, std::string body) {
  Result<ContractRequestMessage> message = parse_contract_request(body);
  if (!message) co_return fail(message.error());
  if (!message->provider_pid) co_return shape_error("/providerPid", "is missing from a counter-offer");
  Status ids = ids_fit(*held.process, {*message->provider_pid, message->consumer_pid});
  if (!ids) co_return fail(ids.error());
  Result<policy::NegotiationState> state = held.process->after(policy::NegotiationMessage::Request);
  if (!state) co_return fail(state.error());
  co_return fail(Error(Code::StateTransition, "counter-offers are not taken").with("state", std::string(policy::to_text(held.process->state))));
}

async::Task<Result<http::Response>> NegotiationService::Impl::take_verification(Held held, trust::PeerIdentity peer, std::string body) {
  Result<VerificationMessage> message = parse_verification(body);
  if (!message) co_return fail(message.error());
  Status ids = ids_fit(*held.process, message->ids);
  if (!ids) co_return fail(ids.error());
  const Digest digest = message_digest(body);
  if (held.process->was_seen(digest)) co_return answer(*held.process, 200, std::nullopt);
  Result<policy::NegotiationState> state = held.process->after(policy::NegotiationMessage::Verification);
  if (!state) co_return fail(state.error());
  if (!message->statement) co_return shape_error("/sekishoStatement", "is missing: the agreement is not sealed by the consumer");
  const AgreementPointer record = held.process->record;
  Result<CheckedStatement> checked = co_await parts.certificates.check(peer, *message->statement, trust::StatementKind::Agreement,
                                                                       async::Deadline::in(limits.peer));
  if (!checked) co_return fail(checked.error());
  Status said = says(checked->statement, *held.process, *record);
  if (!said) co_return fail(said.error());

  Change<Negotiation> change;
  change.next = *held.process;
  change.next.state = *state;
  change.next.see(digest);
  change.entries.push_back(peer_statement(*held.process, *record, std::move(checked->envelope)));
  Result<std::string> row = canonical_json(to_row(*record));
  if (!row) co_return fail(row.error());
  // From here on the consumer may use the agreement: it can have the final event before its acknowledgement is seen here.
  change.mutations.push_back({Family::Agreement, to_bytes(record->id), to_bytes(*row)});
  change.message = outgoing(change.next, kFinalizedKind, "events", [ids = change.next.ids()](const std::vector<CommittedEntry>&) {
    return to_body(NegotiationEventMessage{ids, NegotiationEvent::Finalized});
  });
  Result<NegotiationStore::Applied> applied = co_await store.apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  parts.agreements.insert(record);
  co_return answer(*applied->process, 200, std::move(applied->message));
}

}  // namespace sekisho::node
