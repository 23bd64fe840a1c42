// The transfer service's inside: what both roles share (transfer_service.cpp), the provider's steps, the consumer's, and the
// outbox's calls. Internal to this room.
#pragma once

#include <string>

#include "node/dataspace/denial_limit.hpp"
#include "node/dataspace/process_store.hpp"
#include "node/dataspace/transfer.hpp"
#include "node/dataspace/transfer_service.hpp"

namespace sekisho::node {

using TransferPointer = std::shared_ptr<const Transfer>;
using TransferStore = ProcessStore<Transfer>;
using RecordPointer = std::shared_ptr<const TransferRecord>;

struct TransferService::Impl {
  DataspaceParts parts;
  DataspaceLimits limits;
  TransferStore store;
  Waiters<RecordPointer> waiters;
  DenialLimit denials;

  Impl(DataspaceParts p, DataspaceLimits l) : parts(p), limits(l), store(parts, limits) {}

  struct Held {
    Turns::Turn turn;
    TransferPointer process;
  };
  [[nodiscard]] async::Task<Result<Held>> hold(std::string pid, std::string peer_did);
  // store.apply, and the book gets the new picture.
  [[nodiscard]] async::Task<Result<TransferStore::Applied>> apply(Change<Transfer> change);
  // Puts the process into the book; null when its agreement is gone.
  RecordPointer publish(const Transfer& process);

  [[nodiscard]] async::Task<Result<http::Response>> take(TransferRoute route, trust::PeerIdentity peer, std::string pid, std::string body);
  [[nodiscard]] http::Response answer(const Transfer& process, int status, std::optional<OutboxMessage> message);

  // Provider.
  [[nodiscard]] async::Task<Result<http::Response>> take_request(trust::PeerIdentity peer, std::string body);
  [[nodiscard]] Result<std::shared_ptr<const AgreementRecord>> agreement_for(const trust::PeerIdentity& peer,
                                                                             const TransferRequestMessage& message) const;
  // The error for the peer: the denial, which is on record then, or why it could not be.
  [[nodiscard]] async::Task<Error> denied_on_record(std::shared_ptr<const AgreementRecord> agreement, TransferRequestMessage message,
                                                    Error denied);
  // Where this request is pushed to; null for a pull.
  [[nodiscard]] Result<std::shared_ptr<const DataAddress>> push_for(const AgreementRecord& agreement,
                                                                    const TransferRequestMessage& message) const;
  [[nodiscard]] EntryDraft terms_draft(const Transfer& process, const AgreementRecord& agreement) const;
  // Without its token: that is made when the message leaves, and never stored.
  [[nodiscard]] Outgoing start_message(const Transfer& process, bool with_terms) const;
  [[nodiscard]] async::Task<Result<http::Response>> take_resumption(Held held, std::string body);

  // Consumer. The request, written but not sent.
  [[nodiscard]] async::Task<Result<TransferStore::Applied>> open(std::shared_ptr<const AgreementRecord> agreement, std::string purpose,
                                                                  std::optional<DataAddress> push);
  [[nodiscard]] async::Task<Result<http::Response>> take_start(Held held, trust::PeerIdentity peer, std::string body);
  // By the own process id, or by the provider's where only one open transfer has it. Null when there is none.
  [[nodiscard]] Result<TransferPointer> find_consumed(const std::string& pid) const;
  [[nodiscard]] Status says_terms(const trust::Statement& statement, const Transfer& process, const AgreementRecord& agreement) const;

  // Both: what this node says of its own accord. step() asks the profile after change.next entered a state.
  void step(Change<Transfer>& change) const;
  [[nodiscard]] Status add_withdrawal(Change<Transfer>& change, const AgreementRecord& agreement) const;
  [[nodiscard]] Status add_own(Change<Transfer>& change, policy::TransferMessage message, const Error& reason) const;
  [[nodiscard]] Status add_start(Change<Transfer>& change) const;
  // Both: completion, suspension, termination.
  [[nodiscard]] async::Task<Result<http::Response>> take_end(Held held, policy::TransferMessage kind, std::string body);
  [[nodiscard]] async::Task<Result<TransferStore::Applied>> end(TransferPointer process, Error reason, bool told);
  // since: only while the process is where it was then.
  [[nodiscard]] async::Task<Status> end_by_pid(std::string pid, Error reason, bool told, std::optional<Instant> since = {});
  // What follows when a message has left: from the peer's acknowledgement, or without one where an end stands all the same.
  [[nodiscard]] async::Task<void> settle(OutboxMessage message, std::string answer, ProcessEvent::Source how);
  // Only while this is the message that the peer has not acknowledged.
  [[nodiscard]] async::Task<Status> end_owing(OutboxMessage message, Error reason, bool told);
  // Where the peer is by a message that did not come, if this node still runs the transfer and says nothing.
  [[nodiscard]] async::Task<Status> follow(std::string pid, Instant since, policy::TransferState to);
  void end_after(http::Response& response, const std::string& pid, Error reason);
  static async::Task<void> end_logged(Impl* impl, std::string pid, Error reason);
  // A message of this node's own will.
  [[nodiscard]] async::Task<Status> send_own(std::string pid, policy::TransferMessage message, Error reason);

  [[nodiscard]] Outgoing outgoing(const Transfer& process, std::string_view kind, std::string_view path,
                                  std::function<std::string(const std::vector<CommittedEntry>&)> body) const;
  [[nodiscard]] std::vector<std::pair<Dimension, std::string>> tokens(const Transfer& process, const AgreementRecord& agreement) const;
};

// base64url of the envelope of an own statement that was committed.
[[nodiscard]] std::string envelope_text(const CommittedEntry& entry);

}  // namespace sekisho::node
