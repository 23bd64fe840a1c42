// What this node says in a negotiation: each message of its own as part of the change of state that makes it due.
#include <fmt/format.h>

#include "node/dataspace/fields.hpp"
#include "node/dataspace/negotiation_impl.hpp"
#include "policy/offer.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kTermination = "ContractNegotiationTerminationMessage";

}  // namespace

Status NegotiationService::Impl::add_termination(Change<Negotiation>& change, const Error& reason) const {
  change.next.blame(reason);
  Status decided = add_decision(change, "terminate", Word::Own);
  if (!decided) return decided;
  const EndMessage ending{change.next.ids(), std::string(reason.name()), reason_of(reason)};
  change.message = outgoing(change.next, kTerminationKind, "termination", fixed(to_body(ending, kTermination)));
  return {};
}

Status NegotiationService::Impl::add_offer(Change<Negotiation>& change) const {
  const std::shared_ptr<const Offer> offer = parts.catalog.state()->offer(change.next.offer);
  if (!offer || offer->object.dataset != change.next.dataset)
    return fail(Code::OfferUnknown, "the offer is not made any more");
  Result<Json> document = policy::message_offer(offer->document, change.next.dataset);
  if (!document) return fail(document.error());
  document->get_object()["assigner"] = parts.self.did;
  document->get_object()["assignee"] = change.next.peer_did;
  change.next.rules = offer->rules;
  Status decided = add_decision(change, "offer", Word::Own);
  if (!decided) return decided;
  const ProcessIds ids = change.next.ids();
  if (change.next.peer_pid.empty()) {
    const ContractOfferMessage first{ids.provider, std::nullopt, parts.profile.own_base(parts.self),
                                     std::move(*document)};
    change.message = Outgoing{std::string(kInitialOfferKind), fmt::format("{}/negotiations/offers", change.next.base),
                              fixed(to_body(first))};
    return {};
  }
  const ContractOfferMessage message{ids.provider, ids.consumer, std::nullopt, std::move(*document)};
  change.message = outgoing(change.next, kOfferKind, "offers", fixed(to_body(message)));
  return {};
}

Status NegotiationService::Impl::add_agreement(Change<Negotiation>& change) const {
  Result<AgreementPointer> pinned = agree(change.next);
  if (!pinned) return fail(pinned.error());
  const AgreementPointer record = *pinned;
  change.next.record = record;
  change.next.rules = record->agreement->ir.digest;
  Status kept = keep_document(change, *record);
  if (!kept) return kept;
  const bool sealed = parts.profile.sealed();
  if (sealed) change.entries.push_back(own_statement(change.next, *record));
  change.message = outgoing(change.next, kAgreementKind, "agreement",
                            [ids = change.next.ids(), record, sealed](const std::vector<CommittedEntry>& entries) {
                              ContractAgreementMessage message{ids, record->document, std::nullopt};
                              if (sealed) message.statement = envelope_text(entries.back());
                              return to_body(message);
                            });
  return {};
}

void NegotiationService::Impl::add_verification(Change<Negotiation>& change) const {
  const bool sealed = parts.profile.sealed();
  if (sealed) change.entries.push_back(own_statement(change.next, *change.next.record));
  change.message = outgoing(change.next, kVerificationKind, "agreement/verification",
                            [ids = change.next.ids(), sealed](const std::vector<CommittedEntry>& entries) {
                              VerificationMessage message{ids, std::nullopt};
                              if (sealed) message.statement = envelope_text(entries.back());
                              return to_body(message);
                            });
}

// From here on the consumer may use the agreement: it can have the final event before its acknowledgement is seen here.
Status NegotiationService::Impl::add_finalized(Change<Negotiation>& change) const {
  const AgreementPointer record = change.next.record;
  Result<std::shared_ptr<const std::string>> row = change.next.record_row();
  if (!row) return fail(row.error());
  change.mutations.push_back({Family::Agreement, to_bytes(record->id), to_bytes(**row)});
  const bool sealed = parts.profile.sealed();
  if (sealed) change.entries.push_back(own_statement(change.next, *record));
  change.message = outgoing(change.next, kFinalizedKind, "events",
                            [ids = change.next.ids(), sealed](const std::vector<CommittedEntry>& entries) {
                              NegotiationEventMessage message{ids, NegotiationEvent::Finalized};
                              if (sealed) message.statement = envelope_text(entries.back());
                              return to_body(message);
                            });
  return {};
}

Status NegotiationService::Impl::add_own(Change<Negotiation>& change, policy::NegotiationMessage message,
                                         const Error& reason) const {
  const Negotiation& next = change.next;
  Status decided;
  Result<policy::NegotiationState> allowed = policy::next(next.state, message, next.role);
  if (!allowed) return fail(allowed.error());
  switch (message) {
    case policy::NegotiationMessage::Request: {
      const ProcessIds ids = next.ids();
      const ContractRequestMessage request{ids.consumer, ids.provider, std::nullopt, next.terms};
      decided = add_decision(change, "request", Word::Own);
      change.message = outgoing(next, kCounterKind, "request", fixed(to_body(request)));
      return decided;
    }
    case policy::NegotiationMessage::Offer: return add_offer(change);
    case policy::NegotiationMessage::Accepted:
      decided = add_decision(change, "accept", Word::Own);
      change.message = outgoing(next, kAcceptedKind, "events",
                                fixed(to_body(NegotiationEventMessage{next.ids(), NegotiationEvent::Accepted})));
      return decided;
    case policy::NegotiationMessage::Agreement: return add_agreement(change);
    case policy::NegotiationMessage::Verification: add_verification(change); return {};
    case policy::NegotiationMessage::Finalized: return add_finalized(change);
    case policy::NegotiationMessage::Termination: return add_termination(change, reason);
  }
  return fail(Code::Internal, "a message of no kind");
}

Status NegotiationService::Impl::step(Change<Negotiation>& change) const {
  const Negotiation& next = change.next;
  const Moment<policy::NegotiationState> moment{next.role, next.dataset, next.state,
                                                next.visits[static_cast<std::size_t>(next.state)], next.asked()};
  const std::optional<policy::NegotiationMessage> message = parts.profile.next(moment);
  if (!message) return {};
  Status added = add_own(change, *message, Error(Code::NegotiationFailed, "ended by this node"));
  return added ? added : add_termination(change, added.error());
}

async::Task<Result<NegotiationStore::Applied>> NegotiationService::Impl::apply(Change<Negotiation> change) {
  Result<NegotiationStore::Applied> applied = co_await store.apply(std::move(change));
  if (!applied) co_return applied;
  const Negotiation& now = *applied->process;
  if (now.role == Role::Provider && now.pending == kFinalizedKind) parts.agreements.insert(now.record);
  co_return applied;
}

async::Task<Status> NegotiationService::send(std::string pid, policy::NegotiationMessage message) {
  return impl_->say(std::move(pid), message, std::nullopt);
}

async::Task<Status> NegotiationService::Impl::say(std::string pid, policy::NegotiationMessage message,
                                                  std::optional<Json> terms) {
  Result<Held> held = co_await hold(std::move(pid));
  if (!held) co_return fail(held.error());
  const Negotiation& now = *held->process;
  if (!now.pending.empty() || !policy::may_send(now.state, message, now.role)) {
    co_return fail(Error(Code::StateTransition, "this message cannot be sent now")
                       .with("state", std::string(policy::to_text(now.state))));
  }
  Change<Negotiation> change;
  change.next = now;
  if (terms) {
    Status taken = put_offered(change.next, *terms);
    if (!taken) co_return taken;
  }
  Status added = add_own(change, message, Error(Code::NegotiationFailed, "ended by this node"));
  if (!added) co_return added;
  Result<NegotiationStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  parts.outbox.send(std::move(*applied->message));
  co_return Status();
}

}  // namespace sekisho::node
