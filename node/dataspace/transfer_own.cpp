// What this node says in a transfer: each message of its own as part of the change of state that makes it due.
#include <fmt/format.h>

#include "base/http/url.hpp"
#include "node/dataspace/transfer_impl.hpp"

namespace sekisho::node {
namespace {

struct Ending {
  std::string_view kind;  // in the outbox, and the last segment of the path
  std::string_view type;
};

Ending ending_of(policy::TransferMessage message) {
  if (message == policy::TransferMessage::Suspension) return {kSuspensionKind, "TransferSuspensionMessage"};
  return {kTransferTerminationKind, "TransferTerminationMessage"};
}

}  // namespace

Outgoing TransferService::Impl::start_message(const Transfer& process, bool with_terms) const {
  TransferStartMessage message;
  message.ids = process.ids();
  if (process.role == Role::Provider && parts.profile.sealed() && !process.push) {
    message.address =
        DataAddress{fmt::format("https://{}/data/{}", parts.self.dns, http::percent_encode(process.pid)), ""};
  }
  return outgoing(process, kStartKind, "start", [message, with_terms](const std::vector<CommittedEntry>& entries) {
    TransferStartMessage sealed = message;
    if (with_terms) sealed.statement = envelope_text(entries.back());
    return to_body(sealed);
  });
}

// The first start seals the terms; a resumption goes on under them.
Status TransferService::Impl::add_start(Change<Transfer>& change) const {
  const Transfer& next = change.next;
  const bool first =
      next.role == Role::Provider && next.state == policy::TransferState::Requested && parts.profile.sealed();
  if (first) {
    const std::shared_ptr<const AgreementRecord> agreement = parts.agreements.find(next.agreement);
    if (!agreement) return fail(Code::AgreementUnknown, "the agreement of the transfer is gone");
    change.entries.push_back(terms_draft(next, *agreement));
    change.sealed = [](const std::vector<CommittedEntry>& entries, Transfer& process) {
      process.terms = entries.back().id;
    };
  }
  change.message = start_message(next, first);
  return {};
}

Status TransferService::Impl::add_own(Change<Transfer>& change, policy::TransferMessage message,
                                      const Error& reason) const {
  Transfer& next = change.next;
  Result<policy::TransferState> allowed = policy::next(next.state, message, next.role);
  if (!allowed) return fail(allowed.error());
  if (message == policy::TransferMessage::Start) return add_start(change);
  const ProcessIds ids = next.ids();
  if (message == policy::TransferMessage::Completion) {
    change.message = outgoing(next, kCompletionKind, "completion",
                              [ids](const std::vector<CommittedEntry>&) { return to_body(CompletionMessage{ids}); });
    return {};
  }
  const Ending ending = ending_of(message);
  if (message == policy::TransferMessage::Termination) next.blame(reason);
  const EndMessage end{ids, std::string(reason.name()), reason_of(reason)};
  change.message =
      outgoing(next, ending.kind, ending.kind,
               [end, type = ending.type](const std::vector<CommittedEntry>&) { return to_body(end, type); });
  return {};
}

void TransferService::Impl::step(Change<Transfer>& change) const {
  const Transfer& next = change.next;
  const Moment<policy::TransferState> moment{next.role, next.agreement, next.state,
                                             next.visits[static_cast<std::size_t>(next.state)]};
  const std::optional<policy::TransferMessage> message = parts.profile.next(moment);
  if (!message) return;
  Status added = add_own(change, *message, Error(Code::Cancelled, "by this node"));
  if (!added) (void)add_own(change, policy::TransferMessage::Termination, added.error());
}

async::Task<Status> TransferService::send(std::string pid, policy::TransferMessage message) {
  Result<Turns::Turn> turn = co_await impl_->store.turn(pid);
  if (!turn) co_return fail(turn.error());
  Result<TransferPointer> process = impl_->store.find(pid);
  if (!process) co_return fail(process.error());
  if (!*process) co_return fail(Code::TransferUnknown, "no such transfer");
  if (!(*process)->pending.empty() && (*process)->pending != kTransferRequestKind) {
    co_return fail(Error(Code::StateTransition, "a message is still on its way")
                       .with("state", std::string(policy::to_text((*process)->state))));
  }
  Change<Transfer> change;
  change.next = **process;
  Status added = impl_->add_own(change, message, Error(Code::Cancelled, "by this node"));
  if (!added) co_return added;
  Result<TransferStore::Applied> applied = co_await impl_->apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  impl_->parts.outbox.send(std::move(*applied->message));
  co_return Status();
}

}  // namespace sekisho::node
