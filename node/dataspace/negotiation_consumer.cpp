#include <fmt/format.h>

#include "node/dataspace/fields.hpp"
#include "node/dataspace/negotiation_impl.hpp"
#include "policy/offer.hpp"

namespace sekisho::node {

async::Task<Result<AgreementPointer>> NegotiationService::negotiate(std::string provider_dns, std::string dataset, Json offer,
                                                                    async::Deadline deadline) {
  const std::shared_ptr<const trust::TrustState> trust = impl_->parts.trust.current();
  const trust::NodeRecord* node = trust ? trust->node(provider_dns) : nullptr;
  if (node == nullptr) co_return fail(Error(Code::PeerUnknown, "no node " + provider_dns).with("peer", provider_dns));
  policy::AdmissionOptions admission;
  admission.now = impl_->parts.clock.now();
  Result<policy::PolicyIr> admitted = policy::admit_policy(offer, policy::PolicyKind::CatalogueOffer, admission);
  if (!admitted) co_return fail(admitted.error());
  Result<Json> wanted = policy::message_offer(offer, dataset);
  if (!wanted) co_return fail(wanted.error());
  Status room = impl_->parts.outbox.admit();
  if (!room) co_return fail(room.error());

  Change<Negotiation> change;
  Negotiation& next = change.next;
  next.pid = new_pid(impl_->parts.random);
  next.role = Role::Consumer;
  next.peer_did = node->did;
  next.peer_dns = node->dns;
  next.peer_zone = node->zone;
  next.base = kDspBase;
  next.state = policy::NegotiationState::Requested;
  next.dataset = dataset;
  next.offer = admitted->id;
  next.rules = admitted->digest;
  const std::string pid = next.pid;
  const ContractRequestMessage request{pid, std::nullopt, fmt::format("https://{}{}", impl_->parts.self.dns, kDspBase), std::move(*wanted)};
  change.message = Outgoing{std::string(kRequestKind), fmt::format("{}/negotiations/request", next.base),
                            [request](const std::vector<CommittedEntry>&) { return to_body(request); }, 3};
  Result<NegotiationStore::Applied> applied = co_await impl_->store.apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  async::Completion<Result<AgreementPointer>> waiter = impl_->waiters.open(pid);
  impl_->parts.outbox.send(std::move(*applied->message));
  std::optional<Result<AgreementPointer>> outcome = co_await waiter.wait_until(deadline);
  if (outcome) co_return std::move(*outcome);
  impl_->waiters.drop(pid);
  co_return fail(Error(Code::Deadline, fmt::format("the negotiation with {} takes too long", provider_dns)).with("peer", provider_dns));
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
  Result<policy::NegotiationState> state = held.process->after(policy::NegotiationMessage::Offer);
  if (!state) co_return fail(state.error());
  Status same = policy::same_offer(held.process->rules, held.process->dataset, message->offer, policy::PolicyKind::MessageOffer);
  if (!same && same.error().code != Code::OfferMismatch) co_return fail(same.error());

  Change<Negotiation> change;
  change.next = *held.process;
  change.next.peer_pid = message->provider_pid;
  change.next.state = *state;
  change.next.see(digest);
  const ProcessIds names = change.next.ids();
  if (same) {
    change.message = outgoing(change.next, kAcceptedKind, "events", [names](const std::vector<CommittedEntry>&) {
      return to_body(NegotiationEventMessage{names, NegotiationEvent::Accepted});
    });
  } else {
    change.next.code = same.error().name();
    const EndMessage ending{names, std::string(same.error().name()), reason_of(same.error())};
    change.message = outgoing(change.next, kTerminationKind, "termination", [ending](const std::vector<CommittedEntry>&) {
      return to_body(ending, "ContractNegotiationTerminationMessage");
    });
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
  Result<policy::NegotiationState> state = held.process->after(policy::NegotiationMessage::Agreement);
  if (!state) co_return fail(state.error());

  Change<Negotiation> change;
  change.next = *held.process;
  change.next.peer_pid = message->ids.provider;
  change.next.state = *state;
  change.next.see(digest);
  Result<AgreementPointer> record = check_agreement(change.next, message->agreement);
  Error refusal;
  if (!record) {
    refusal = record.error();
  } else if (!message->statement) {
    refusal = Error(Code::JsonShape, "the agreement is not sealed by the provider").with("pointer", "/sekishoStatement");
  } else {
    Result<CheckedStatement> checked = co_await parts.certificates.check(peer, *message->statement, trust::StatementKind::Agreement,
                                                                         async::Deadline::in(limits.peer));
    if (!checked && transient(checked.error().code)) co_return fail(checked.error());
    Status said = checked ? says(checked->statement, change.next, **record) : Status(fail(checked.error()));
    if (said) {
      change.entries.push_back(peer_statement(change.next, **record, std::move(checked->envelope)));
      change.entries.push_back(own_statement(change.next, **record));
    } else {
      refusal = said.error();
    }
  }
  if (change.entries.empty()) {
    // The answer changes nothing; this node then ends the process by a message of its own.
    http::Response response = error_response(refusal, change.next.ids(), "ContractNegotiationError");
    end_after(response, change.next.pid, refusal);
    co_return response;
  }
  change.next.record = *record;
  change.message = outgoing(change.next, kVerificationKind, "agreement/verification",
                            [names = change.next.ids()](const std::vector<CommittedEntry>& entries) {
                              return to_body(VerificationMessage{names, envelope_text(entries.back())});
                            });
  Result<NegotiationStore::Applied> applied = co_await store.apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  co_return answer(*applied->process, 200, std::move(applied->message));
}

}  // namespace sekisho::node
