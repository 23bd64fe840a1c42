// What this node says in a transfer: each message of its own as part of the change of state that makes it due.
#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/http/url.hpp"
#include "node/dataspace/transfer_impl.hpp"

namespace sekisho::node {
namespace {

struct Ending {
  std::string_view kind;  // in the outbox, and the last segment of the path
  std::string_view type;
  std::string_view act;
};

Ending ending_of(policy::TransferMessage message) {
  if (message == policy::TransferMessage::Suspension) return {kSuspensionKind, "TransferSuspensionMessage", "suspend"};
  return {kTransferTerminationKind, "TransferTerminationMessage", "terminate"};
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
  return next.state == policy::TransferState::Suspended ? add_decision(change, "resume", Word::Own) : Status();
}

Status TransferService::Impl::add_own(Change<Transfer>& change, policy::TransferMessage message,
                                      const Error& reason) const {
  Transfer& next = change.next;
  Result<policy::TransferState> allowed = policy::next(next.state, message, next.role);
  if (!allowed) return fail(allowed.error());
  if (message == policy::TransferMessage::Start) return add_start(change);
  const ProcessIds ids = next.ids();
  if (message == policy::TransferMessage::Completion) {
    change.message = outgoing(next, kCompletionKind, "completion", fixed(to_body(CompletionMessage{ids})));
    return add_decision(change, "complete", Word::Own);
  }
  const Ending ending = ending_of(message);
  if (message == policy::TransferMessage::Termination) next.blame(reason);
  const EndMessage end{ids, std::string(reason.name()), reason_of(reason)};
  change.message = outgoing(next, ending.kind, ending.kind, fixed(to_body(end, ending.type)));
  return add_decision(change, ending.act, Word::Own);
}

Status TransferService::Impl::add_decision(Change<Transfer>& change, std::string_view act, Word by) const {
  const Transfer& process = change.next;
  const std::shared_ptr<const AgreementRecord> agreement = parts.agreements.find(process.agreement);
  JsonObject subject{{"transfer", process.ids().provider}, {"purpose", process.purpose}};
  if (agreement) subject["agreement"] = to_hex(agreement->digest);
  Result<EntryDraft> entry = decision_entry(process, Transfer::kOwner, act, by, std::move(subject));
  if (!entry) return fail(entry.error());
  if (agreement) {
    entry->agreement = agreement->digest;
    entry->tokens = tokens(process, *agreement);
  }
  change.entries.push_back(std::move(*entry));
  return {};
}

Status TransferService::Impl::step(Change<Transfer>& change) const {
  const Transfer& next = change.next;
  const Moment<policy::TransferState> moment{next.role, next.agreement, next.state,
                                             next.visits[static_cast<std::size_t>(next.state)]};
  const std::optional<policy::TransferMessage> message = parts.profile.next(moment);
  if (!message) return {};
  Status added = add_own(change, *message, Error(Code::Cancelled, "by this node"));
  return added ? added : add_own(change, policy::TransferMessage::Termination, added.error());
}

async::Task<Status> TransferService::send(std::string pid, policy::TransferMessage message) {
  Result<Impl::Held> held = co_await impl_->hold(std::move(pid));
  if (!held) co_return fail(held.error());
  const Transfer& now = *held->process;
  if (!now.pending.empty() && now.pending != kTransferRequestKind) {
    co_return fail(Error(Code::StateTransition, "a message is still on its way")
                       .with("state", std::string(policy::to_text(now.state))));
  }
  Change<Transfer> change;
  change.next = now;
  Status added = impl_->add_own(change, message, Error(Code::Cancelled, "by this node"));
  if (!added) co_return added;
  Result<TransferStore::Applied> applied = co_await impl_->apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  impl_->parts.outbox.send(std::move(*applied->message));
  co_return Status();
}

}  // namespace sekisho::node
