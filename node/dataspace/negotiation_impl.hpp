// The negotiation service's inside: what both roles share (negotiation_service.cpp), the provider's steps and the consumer's,
// what this node says (negotiation_own.cpp), what operators decide (negotiation_acts.cpp) and what the log keeps of it all
// (negotiation_evidence.cpp). Internal to this room.
#pragma once

#include <string>

#include "node/dataspace/denial_limit.hpp"
#include "node/dataspace/negotiation.hpp"
#include "node/dataspace/negotiation_service.hpp"
#include "node/dataspace/process_store.hpp"

namespace sekisho::node {

using NegotiationPointer = std::shared_ptr<const Negotiation>;
using NegotiationStore = ProcessStore<Negotiation>;
using AgreementPointer = std::shared_ptr<const AgreementRecord>;

// Whose word an entry of the log records: this node's decision, or what the peer's message said.
enum class Word { Own, Peer };

struct NegotiationService::Impl {
  DataspaceParts parts;
  DataspaceLimits limits;
  NegotiationStore store;
  DenialLimit unasked;  // what a peer begins in vain: each is an entry that is kept
  Waiters<AgreementPointer> waiters;

  Impl(DataspaceParts p, DataspaceLimits l) : parts(p), limits(l), store(parts, limits) {}

  // A process whose turn is held, for a message of this peer.
  struct Held {
    Turns::Turn turn;
    NegotiationPointer process;
  };
  // NotFound for what this peer may not see.
  [[nodiscard]] async::Task<Result<Held>> hold(std::string pid, std::string peer_did);

  [[nodiscard]] async::Task<Result<http::Response>> take(NegotiationRoute route, trust::PeerIdentity peer, std::string pid,
                                                         std::string body);
  [[nodiscard]] http::Response answer(const Negotiation& process, int status, std::optional<OutboxMessage> message);

  // Provider.
  [[nodiscard]] async::Task<Result<http::Response>> take_request(trust::PeerIdentity peer, std::string body);
  [[nodiscard]] async::Task<Result<http::Response>> take_counter_request(Held held, trust::PeerIdentity peer, std::string body);
  [[nodiscard]] async::Task<Result<http::Response>> take_verification(Held held, trust::PeerIdentity peer, std::string body);
  // What a consumer asks for is an offer that is made to it, word for word (A14).
  [[nodiscard]] Status obtainable(const trust::PeerIdentity& peer, const Json& wanted) const;
  // The offer as published now, where the consumer may have it. OfferUnknown else.
  [[nodiscard]] Result<std::shared_ptr<const Offer>> made_to(const std::string& offer, const trust::PeerIdentity& consumer) const;
  // The agreement of a process, pinned with what is in force now.
  [[nodiscard]] Result<AgreementPointer> agree(const Negotiation& process) const;

  // Consumer. The first request, written but not sent.
  [[nodiscard]] async::Task<Result<NegotiationStore::Applied>> open(std::string provider_dns, std::string dataset, Json offer);
  [[nodiscard]] async::Task<Result<http::Response>> take_initial_offer(trust::PeerIdentity peer, std::string body);
  [[nodiscard]] async::Task<Result<http::Response>> take_offer(Held held, std::string body);
  // Admits what a provider offers, by itself and strictly, and makes it what the process is about.
  [[nodiscard]] Status put_offered(Negotiation& process, const Json& offered) const;
  [[nodiscard]] async::Task<Result<http::Response>> take_agreement(Held held, trust::PeerIdentity peer, std::string body);
  [[nodiscard]] Result<AgreementPointer> check_agreement(const Negotiation& process, const Json& document) const;

  // Both: what this node says of its own accord. step() asks the profile after change.next entered a state.
  void step(Change<Negotiation>& change) const;
  [[nodiscard]] Status add_own(Change<Negotiation>& change, policy::NegotiationMessage message, const Error& reason) const;
  [[nodiscard]] Status add_offer(Change<Negotiation>& change) const;
  [[nodiscard]] Status add_agreement(Change<Negotiation>& change) const;
  void add_verification(Change<Negotiation>& change) const;
  [[nodiscard]] Status add_finalized(Change<Negotiation>& change) const;
  void add_termination(Change<Negotiation>& change, const Error& reason) const;
  // store.apply, and the book gets an agreement that is about to be final.
  [[nodiscard]] async::Task<Result<NegotiationStore::Applied>> apply(Change<Negotiation> change);

  // A message of the operator's will; terms: what a counter-request is about from now on.
  [[nodiscard]] async::Task<Status> say(std::string pid, policy::NegotiationMessage message, std::optional<Json> terms);

  [[nodiscard]] async::Task<Result<http::Response>> take_event(Held held, trust::PeerIdentity peer, std::string body);
  [[nodiscard]] async::Task<Result<http::Response>> take_final(Held held, trust::PeerIdentity peer,
                                                               NegotiationEventMessage message, Change<Negotiation> change);
  [[nodiscard]] async::Task<Result<http::Response>> take_termination(Held held, std::string body);
  // Ends a held process. told: the peer is sent a termination. by: whose word it was.
  [[nodiscard]] async::Task<Result<NegotiationStore::Applied>> end(NegotiationPointer process, Error reason, bool told,
                                                                   Word by = Word::Own);
  // The same from outside of a message; the termination is sent at once.
  // since: only while the process is where it was then.
  [[nodiscard]] async::Task<Status> end_by_pid(std::string pid, Error reason, bool told, std::optional<Instant> since = {});
  // What follows when a message has left: from the peer's acknowledgement, or without one where an end stands all the same.
  [[nodiscard]] async::Task<void> settle(OutboxMessage message, std::string answer, ProcessEvent::Source how);
  // Only while this is the message that the peer has not acknowledged.
  [[nodiscard]] async::Task<Status> end_owing(OutboxMessage message, Error reason, bool told);
  // An overdue process whose agreement stands.
  [[nodiscard]] async::Task<Status> finalize(std::string pid, Instant since, Error reason);
  // After the answer that refused a message of the peer has left.
  void end_after(http::Response& response, const std::string& pid, Error reason);
  static async::Task<void> end_logged(Impl* impl, std::string pid, Error reason);

  [[nodiscard]] Outgoing outgoing(const Negotiation& process, std::string_view kind, std::string_view path,
                                  std::function<std::string(const std::vector<CommittedEntry>&)> body) const;
  // One decision for the log. Canonical JSON: what, act, by, negotiation, process, peer, dataset, offer, rules, terms
  // (SHA-256 of the MessageOffer's canonical JSON, where it is known) and code.
  [[nodiscard]] EntryDraft decision(const Negotiation& process, std::string_view act, Word by) const;
  // What the statements' digest stands for, for ever.
  [[nodiscard]] Status keep_document(Change<Negotiation>& change, const AgreementRecord& record) const;
  [[nodiscard]] EntryDraft own_statement(const Negotiation& process, const AgreementRecord& record) const;
  [[nodiscard]] EntryDraft peer_statement(const Negotiation& process, const AgreementRecord& record, trust::Envelope envelope) const;
  // The peer's `agreement` statement says what was agreed: digest, negotiation and both parties.
  [[nodiscard]] Status says(const trust::Statement& statement, const Negotiation& process, const AgreementRecord& record) const;
};

// base64url of the envelope of an own statement that was committed.
[[nodiscard]] std::string envelope_text(const CommittedEntry& entry);

}  // namespace sekisho::node
