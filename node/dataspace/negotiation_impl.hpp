// The negotiation service's inside: what transfers do alike (process_service.hpp), what both roles share
// (negotiation_service.cpp), the provider's steps and the consumer's, what this node says (negotiation_own.cpp), what
// operators decide (negotiation_acts.cpp) and what the log keeps of it all (negotiation_evidence.cpp). Internal to this
// room.
#pragma once

#include <string>

#include "node/dataspace/denial_limit.hpp"
#include "node/dataspace/negotiation.hpp"
#include "node/dataspace/negotiation_service.hpp"
#include "node/dataspace/process_service.hpp"
#include "node/dataspace/waiters.hpp"

namespace sekisho::node {

using NegotiationPointer = std::shared_ptr<const Negotiation>;
using NegotiationStore = ProcessStore<Negotiation>;
using AgreementPointer = std::shared_ptr<const AgreementRecord>;

struct NegotiationService::Impl final : ProcessService<Negotiation> {
  DenialLimit unasked;  // what a peer begins in vain: each is an entry that is kept
  Waiters<AgreementPointer> waiters;

  using ProcessService::ProcessService;

  [[nodiscard]] async::Task<Result<http::Response>> take(NegotiationRoute route, trust::PeerIdentity peer,
                                                         std::string pid, std::string body);

  // Provider.
  [[nodiscard]] async::Task<Result<http::Response>> take_request(trust::PeerIdentity peer, std::string body);
  [[nodiscard]] async::Task<Result<http::Response>> take_counter_request(Held held, trust::PeerIdentity peer,
                                                                         std::string body);
  [[nodiscard]] async::Task<Result<http::Response>> take_verification(Held held, trust::PeerIdentity peer,
                                                                      std::string body);
  // What a consumer asks for is an offer that is made to it, word for word (A14).
  [[nodiscard]] Status obtainable(const trust::PeerIdentity& peer, const Json& wanted) const;
  // The offer as published now, where the consumer may have it. OfferUnknown else.
  [[nodiscard]] Result<std::shared_ptr<const Offer>> made_to(const std::string& offer,
                                                             const trust::PeerIdentity& consumer) const;
  // The agreement of a process, pinned with what is in force now.
  [[nodiscard]] Result<AgreementPointer> agree(const Negotiation& process) const;
  // AgreementLimit when this peer has as many as are kept for one.
  [[nodiscard]] Status admit_agreement(const std::string& peer_did) const;

  // Consumer. The first request, written but not sent.
  [[nodiscard]] async::Task<Result<NegotiationStore::Applied>> open(std::string provider_dns, std::string dataset,
                                                                    Json offer);
  [[nodiscard]] async::Task<Result<http::Response>> take_initial_offer(trust::PeerIdentity peer, std::string body);
  [[nodiscard]] async::Task<Result<http::Response>> take_offer(Held held, std::string body);
  // Admits what a provider offers, by itself and strictly, and makes it what the process is about.
  [[nodiscard]] Status put_offered(Negotiation& process, const Json& offered) const;
  [[nodiscard]] async::Task<Result<http::Response>> take_agreement(Held held, trust::PeerIdentity peer,
                                                                   std::string body);
  [[nodiscard]] Result<AgreementPointer> check_agreement(const Negotiation& process, const Json& document) const;

  // Both: what this node says of its own accord. step() asks the profile after change.next entered a state.
  [[nodiscard]] Status step(Change<Negotiation>& change) const override;
  [[nodiscard]] Status add_own(Change<Negotiation>& change, policy::NegotiationMessage message,
                               const Error& reason) const;
  [[nodiscard]] Status add_offer(Change<Negotiation>& change) const;
  [[nodiscard]] Status add_agreement(Change<Negotiation>& change) const;
  void add_verification(Change<Negotiation>& change) const;
  [[nodiscard]] Status add_finalized(Change<Negotiation>& change) const;
  [[nodiscard]] Status add_termination(Change<Negotiation>& change, const Error& reason) const;
  // store.apply, and the book gets an agreement that is about to be final.
  [[nodiscard]] async::Task<Result<NegotiationStore::Applied>> apply(Change<Negotiation> change) override;

  // A message of the operator's will; terms: what a counter-request is about from now on.
  [[nodiscard]] async::Task<Status> say(std::string pid, policy::NegotiationMessage message, std::optional<Json> terms);

  [[nodiscard]] async::Task<Result<http::Response>> take_event(Held held, trust::PeerIdentity peer, std::string body);
  [[nodiscard]] async::Task<Result<http::Response>> take_final(Held held, trust::PeerIdentity peer,
                                                               NegotiationEventMessage message,
                                                               Change<Negotiation> change);
  [[nodiscard]] async::Task<Result<http::Response>> take_termination(Held held, std::string body);
  [[nodiscard]] async::Task<Result<NegotiationStore::Applied>> end(NegotiationPointer process, Error reason, bool told,
                                                                   Word by) override;
  [[nodiscard]] Status may_end(const Negotiation& process) const override;

  // Outbox and deadlines (negotiation_outbox.cpp).
  [[nodiscard]] Result<std::string> compose(const OutboxMessage& message) override { return message.body; }
  [[nodiscard]] async::Task<void> refused(OutboxMessage message, Error error, bool answered) override;
  [[nodiscard]] bool opens(const OutboxMessage& message) const override;
  [[nodiscard]] bool forgettable(const Change<Negotiation>& change, const OutboxMessage& message) const override;
  [[nodiscard]] async::Task<std::optional<Instant>> overdue(NegotiationPointer process, OutboxFinding finding) override;
  // A peer's final word about the agreement, for the log.
  [[nodiscard]] async::Task<Result<EntryDraft>> check_final(trust::PeerIdentity peer, std::string statement,
                                                            NegotiationPointer process);
  // An overdue process whose agreement stands.
  [[nodiscard]] async::Task<Status> finalize(NegotiationPointer seen, Error reason,
                                             std::optional<std::string> statement);
  // What the decision adds: negotiation, dataset, offer, rules, terms (SHA-256 of the MessageOffer's canonical JSON,
  // where it is known) and agreement.
  [[nodiscard]] Status add_decision(Change<Negotiation>& change, std::string_view act, Word by) const;
  // What the statements' digest stands for, for ever.
  [[nodiscard]] Status keep_document(Change<Negotiation>& change, const AgreementRecord& record) const;
  [[nodiscard]] EntryDraft own_statement(const Negotiation& process, const AgreementRecord& record) const;
  [[nodiscard]] EntryDraft peer_statement(const Negotiation& process, const AgreementRecord& record,
                                          trust::Envelope envelope) const;
  // The peer's `agreement` statement says what was agreed: digest, negotiation and both parties.
  [[nodiscard]] Status says(const trust::Statement& statement, const Negotiation& process,
                            const AgreementRecord& record) const;
};

// base64url of the envelope of an own statement that was committed.
[[nodiscard]] std::string envelope_text(const CommittedEntry& entry);

}  // namespace sekisho::node
