// The transfer service's inside: what negotiations do alike (process_service.hpp), what both roles share
// (transfer_service.cpp), the provider's steps, the consumer's, and the outbox's calls. Internal to this room.
#pragma once

#include <string>

#include "node/dataspace/denial_limit.hpp"
#include "node/dataspace/process_service.hpp"
#include "node/dataspace/transfer_service.hpp"
#include "node/dataspace/waiters.hpp"

namespace sekisho::node {

using TransferPointer = std::shared_ptr<const Transfer>;
using TransferStore = ProcessStore<Transfer>;
using RecordPointer = std::shared_ptr<const TransferRecord>;

struct TransferService::Impl final : ProcessService<Transfer> {
  Waiters<RecordPointer> waiters;
  DenialLimit denials;
  DenialLimit pauses;  // suspensions and resumptions of a peer: each is an entry, too

  using ProcessService::ProcessService;

  // store.apply, and the book gets the new picture.
  [[nodiscard]] async::Task<Result<TransferStore::Applied>> apply(Change<Transfer> change) override;
  // Puts the process into the book; null when its agreement is gone.
  RecordPointer publish(const Transfer& process);

  [[nodiscard]] async::Task<Result<http::Response>> take(TransferRoute route, trust::PeerIdentity peer, std::string pid,
                                                         std::string body);

  // Provider.
  [[nodiscard]] async::Task<Result<http::Response>> take_request(trust::PeerIdentity peer, std::string body);
  [[nodiscard]] Result<std::shared_ptr<const AgreementRecord>> agreement_for(
      const trust::PeerIdentity& peer, const TransferRequestMessage& message) const;
  // The error for the peer: the denial, which is on record then, or why it could not be.
  [[nodiscard]] async::Task<Error> denied_on_record(std::shared_ptr<const AgreementRecord> agreement,
                                                    TransferRequestMessage message, Error denied);
  // Where this request is pushed to; null for a pull.
  [[nodiscard]] Result<std::shared_ptr<const DataAddress>> push_for(const AgreementRecord& agreement,
                                                                    const TransferRequestMessage& message) const;
  [[nodiscard]] EntryDraft terms_draft(const Transfer& process, const AgreementRecord& agreement) const;
  // Without its token: that is made when the message leaves, and never stored.
  [[nodiscard]] Outgoing start_message(const Transfer& process, bool with_terms) const;
  [[nodiscard]] async::Task<Result<http::Response>> take_resumption(Held held, std::string body);

  // Consumer. The request, written but not sent.
  [[nodiscard]] async::Task<Result<TransferStore::Applied>> open(std::shared_ptr<const AgreementRecord> agreement,
                                                                 std::string purpose, std::optional<DataAddress> push);
  [[nodiscard]] async::Task<Result<http::Response>> take_start(Held held, trust::PeerIdentity peer, std::string body);
  // By the own process id, or by the provider's where only one open transfer has it. Null when there is none.
  [[nodiscard]] Result<TransferPointer> find_consumed(const std::string& pid) const;
  [[nodiscard]] Status says_terms(const trust::Statement& statement, const Transfer& process,
                                  const AgreementRecord& agreement) const;

  // Both: what this node says of its own accord. step() asks the profile after change.next entered a state.
  [[nodiscard]] Status step(Change<Transfer>& change) const override;
  [[nodiscard]] Status add_withdrawal(Change<Transfer>& change, const AgreementRecord& agreement) const;
  [[nodiscard]] Status add_own(Change<Transfer>& change, policy::TransferMessage message, const Error& reason) const;
  [[nodiscard]] Status add_start(Change<Transfer>& change) const;
  // What the decision adds: transfer (the provider's id), purpose and agreement.
  [[nodiscard]] Status add_decision(Change<Transfer>& change, std::string_view act, Word by) const;
  // Both: completion, suspension, termination.
  [[nodiscard]] async::Task<Result<http::Response>> take_end(Held held, policy::TransferMessage kind, std::string body);
  [[nodiscard]] async::Task<Result<TransferStore::Applied>> end(TransferPointer process, Error reason, bool told,
                                                                Word by) override;
  [[nodiscard]] Status may_end(const Transfer& /*process*/) const override { return {}; }

  // Outbox and deadlines (transfer_outbox.cpp).
  [[nodiscard]] Result<std::string> compose(const OutboxMessage& message) override;
  [[nodiscard]] async::Task<void> refused(OutboxMessage message, Error error, bool answered) override;
  [[nodiscard]] bool opens(const OutboxMessage& message) const override;
  [[nodiscard]] bool forgettable(const Change<Transfer>& change, const OutboxMessage& message) const override;
  [[nodiscard]] async::Task<std::optional<Instant>> overdue(TransferPointer process, OutboxFinding finding) override;
  // Where the peer is by a message that did not come, if this node still runs the transfer and says nothing.
  [[nodiscard]] async::Task<Status> follow(std::string pid, Instant since, policy::TransferState to);
  // A message of this node's own will.
  [[nodiscard]] async::Task<Status> send_own(std::string pid, policy::TransferMessage message, Error reason);

  [[nodiscard]] std::vector<std::pair<Dimension, std::string>> tokens(const Transfer& process,
                                                                      const AgreementRecord& agreement) const;
};

// base64url of the envelope of an own statement that was committed.
[[nodiscard]] std::string envelope_text(const CommittedEntry& entry);

}  // namespace sekisho::node
