#include "node/dataspace/transfer_service.hpp"

#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "node/dataspace/agreement_hold.hpp"
#include "node/dataspace/transfer_impl.hpp"

namespace sekisho::node {
namespace {

using RecordedAgreement = std::shared_ptr<const AgreementRecord>;

std::string_view act_of(policy::TransferMessage message) {
  switch (message) {
    case policy::TransferMessage::Completion: return "complete";
    case policy::TransferMessage::Suspension: return "suspend";
    default: return "terminate";
  }
}

}  // namespace

TransferService::TransferService(DataspaceParts parts, DataspaceLimits limits)
    : impl_(std::make_unique<Impl>(parts, limits)) {}

TransferService::~TransferService() = default;

Status TransferService::load() {
  Status loaded = impl_->store.load();
  if (!loaded) return loaded;
  for (const TransferPointer& process : impl_->store.in_memory()) {
    if (!process->ended() && !impl_->publish(*process)) {
      log_warn("dataspace.transfer_without_agreement", {{"process", process->pid}});
    }
  }
  return {};
}

async::Task<http::Response> TransferService::on_message(TransferRoute route, trust::PeerIdentity peer, std::string pid,
                                                        std::string body) {
  Result<http::Response> response = co_await impl_->take(route, peer, pid, body);
  if (response) co_return std::move(*response);
  co_return impl_->refusal(response.error(), peer, pid, body);
}

http::Response TransferService::get(const trust::PeerIdentity& peer, const std::string& pid) const {
  return impl_->show(peer, pid);
}

async::Task<Status> TransferService::terminate(std::string pid, Code code) {
  co_return co_await impl_->send_own(std::move(pid), policy::TransferMessage::Termination,
                                     Error(code, "ended by this node"));
}
async::Task<Status> TransferService::terminate(std::string pid, Error reason) {
  co_return co_await impl_->send_own(std::move(pid), policy::TransferMessage::Termination, std::move(reason));
}
async::Task<Status> TransferService::suspend(std::string pid, Code code) {
  co_return co_await impl_->send_own(std::move(pid), policy::TransferMessage::Suspension,
                                     Error(code, "suspended by this node"));
}
async::Task<Status> TransferService::resume(std::string pid) {
  co_return co_await impl_->send_own(std::move(pid), policy::TransferMessage::Start, Error());
}
async::Task<Status> TransferService::complete(std::string pid) {
  co_return co_await impl_->send_own(std::move(pid), policy::TransferMessage::Completion, Error());
}

Result<JsonObject> TransferService::describe(const std::string& pid) const {
  const Result<TransferPointer> found = impl_->known(pid);
  if (!found) return fail(found.error());
  const Transfer& process = **found;
  JsonObject out{{"transfer", process.pid},
                 {"role", process.role == Role::Provider ? "provider" : "consumer"},
                 {"peer", process.peer_dns},
                 {"purpose", process.purpose},
                 {"format", process.push ? kPushFormat : kPullFormat},
                 {"state", policy::to_text(process.state)}};
  if (const auto agreement = impl_->parts.agreements.find(process.agreement)) {
    out["dataset"] = agreement->dataset;
    out["agreement"] = to_hex(agreement->digest);
  }
  if (process.push) out["endpoint"] = process.push->endpoint;
  if (!process.code.empty()) out["code"] = process.code;
  if (!process.reason.empty()) out["reason"] = process.reason;
  return out;
}

std::string TransferService::state(const std::string& pid) const { return impl_->state(pid); }

Result<ProcessPage> TransferService::processes(const ProcessQuery& query) const { return impl_->store.page(query); }

Result<JsonObject> TransferService::process(const std::string& id) const { return impl_->describe(id); }

async::Task<Status> TransferService::end(std::string id, Error reason) {
  return impl_->end_asked(std::move(id), std::move(reason));
}

async::Task<Result<TransferStore::Applied>> TransferService::Impl::apply(Change<Transfer> change) {
  Result<TransferStore::Applied> applied = co_await store.apply(std::move(change));
  if (applied) publish(*applied->process);
  co_return applied;
}

RecordPointer TransferService::Impl::publish(const Transfer& process) {
  auto record = std::make_shared<TransferRecord>();
  record->agreement = parts.agreements.find(process.agreement);
  if (!record->agreement) {
    // Gone since the transfer began: what the book says of the transfer has to end with it all the same.
    const RecordPointer known =
        process.role == Role::Provider ? parts.transfers.find(process.pid) : parts.transfers.find_own(process.pid);
    if (!known) return nullptr;
    record->agreement = known->agreement;
  }
  const ProcessIds ids = process.ids();
  record->provider_pid = ids.provider;
  record->consumer_pid = ids.consumer;
  record->role = process.role;
  record->purpose = process.purpose;
  record->terms = process.terms;
  record->state = process.state;
  record->serves = process.serves();
  record->peer_did = process.peer_did;
  record->peer_dns = process.peer_dns;
  record->peer_zone = process.peer_zone;
  record->push = process.push;
  record->peer_cert = process.peer_cert;
  record->signer_cert = process.signer_cert;
  record->target = process.target;
  record->token = process.token;
  record->token_expires = process.token_expires;
  parts.transfers.put(record);
  return record;
}

async::Task<Result<http::Response>> TransferService::Impl::take(TransferRoute route, trust::PeerIdentity peer,
                                                                std::string pid, std::string body) {
  if (route == TransferRoute::Request) co_return co_await take_request(std::move(peer), std::move(body));
  Result<Held> held = co_await hold(pid, peer.did);
  if (!held) co_return fail(held.error());
  switch (route) {
    case TransferRoute::Start:
      if (held->process->role == Role::Provider) co_return co_await take_resumption(std::move(*held), std::move(body));
      co_return co_await take_start(std::move(*held), std::move(peer), std::move(body));
    case TransferRoute::Completion:
      co_return co_await take_end(std::move(*held), policy::TransferMessage::Completion, std::move(body));
    case TransferRoute::Suspension:
      co_return co_await take_end(std::move(*held), policy::TransferMessage::Suspension, std::move(body));
    default: co_return co_await take_end(std::move(*held), policy::TransferMessage::Termination, std::move(body));
  }
}

// The peer ended the agreement with the transfer: that holds here too, and for good. What this node decided itself
// stands.
Status TransferService::Impl::add_withdrawal(Change<Transfer>& change, const AgreementRecord& agreement) const {
  const Result<std::string> before = hold_of(parts.storage, agreement.digest);
  if (!before) return fail(before.error());
  if (before->starts_with(kWithdrawn)) return {};
  parts.transfers.hold(agreement.digest, true);
  const auto detail = canonical_json(
      JsonObject{{"what", "agreement"}, {"act", "withdrawn by the peer"}, {"agreement", to_hex(agreement.digest)}});
  if (!detail) return fail(detail.error());
  change.entries.push_back(
      EntryDraft{pb::OBSERVED,
                 Uuid{},
                 *detail,
                 agreement.digest,
                 {{Dimension::Counterparty, agreement.peer_did}, {Dimension::Dataset, agreement.dataset}}});
  change.mutations.push_back(Mutation{Family::Exchange, hold_row(agreement.digest), to_bytes(kWithdrawnByPeer)});
  return {};
}

async::Task<Result<http::Response>> TransferService::Impl::take_end(Held held, policy::TransferMessage kind,
                                                                    std::string body) {
  EndMessage message;
  if (kind == policy::TransferMessage::Completion) {
    Result<CompletionMessage> completion = parse_transfer_completion(body);
    if (!completion) co_return fail(completion.error());
    message.ids = std::move(completion->ids);
  } else {
    Result<EndMessage> end = kind == policy::TransferMessage::Suspension ? parse_transfer_suspension(body)
                                                                         : parse_transfer_termination(body);
    if (!end && kind == policy::TransferMessage::Suspension && parts.profile.suspends_by_termination())
      end = parse_transfer_termination(body);
    if (!end) co_return fail(end.error());
    message = std::move(*end);
  }
  Status ids = ids_fit(*held.process, message.ids);
  if (!ids) co_return fail(ids.error());
  const Digest digest = message_digest(body);
  Result<policy::TransferState> state = held.process->after(kind, store.sent(*held.process));
  if (!state && held.process->was_seen(digest)) co_return answer(*held.process, 200, std::nullopt);
  if (!state) co_return fail(state.error());
  Status paced =
      kind == policy::TransferMessage::Suspension ? pauses.admit(held.process->peer_did, parts.clock.now()) : Status();
  if (!paced) co_return fail(paced.error());
  const Error reason = error_of({message.ids, message.code.value_or(""), message.reason}, held.process->peer_dns);
  Change<Transfer> change;
  change.next = *held.process;
  change.next.enter(*state);
  change.next.see(digest);
  if (kind == policy::TransferMessage::Termination) change.next.blame(reason);
  const bool gone = kind == policy::TransferMessage::Termination && reason.code == Code::AgreementWithdrawn;
  const RecordedAgreement agreement = gone ? parts.agreements.find(held.process->agreement) : nullptr;
  if (agreement) {
    Status kept = add_withdrawal(change, *agreement);
    if (!kept) co_return fail(kept.error());
  }
  Status decided = add_decision(change, act_of(kind), Word::Peer);
  if (!decided) co_return fail(decided.error());
  Status stepped = change.next.ended() ? Status() : step(change);
  if (!stepped) co_return fail(stepped.error());
  Result<TransferStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) {
    // Held in memory before it was durable; the peer says it again.
    if (agreement && hold_of(parts.storage, agreement->digest).value_or("unreadable").empty())
      parts.transfers.hold(agreement->digest, false);
    co_return fail(applied.error());
  }
  if (applied->process->ended()) waiters.settle(applied->process->pid, Result<RecordPointer>(fail(reason)));
  co_return answer(*applied->process, 200, std::move(applied->message));
}

async::Task<Result<TransferStore::Applied>> TransferService::Impl::end(TransferPointer process, Error reason, bool told,
                                                                       Word by) {
  Change<Transfer> change;
  change.next = *process;
  change.next.enter(policy::TransferState::Terminated);
  change.next.blame(reason);
  if (told && !process->peer_pid.empty()) {
    const EndMessage ending{process->ids(), std::string(reason.name()), reason_of(reason)};
    change.message = outgoing(change.next, kTransferTerminationKind, "termination",
                              fixed(to_body(ending, "TransferTerminationMessage")));
  }
  Status decided = add_decision(change, "terminate", by);
  if (!decided) co_return fail(decided.error());
  Result<TransferStore::Applied> applied = co_await apply(std::move(change));
  if (applied) waiters.settle(process->pid, Result<RecordPointer>(fail(std::move(reason))));
  co_return applied;
}

async::Task<Status> TransferService::Impl::send_own(std::string pid, policy::TransferMessage message, Error reason) {
  Result<Held> held = co_await hold(std::move(pid));
  if (!held) co_return fail(held.error());
  const TransferPointer process = held->process;
  Result<policy::TransferState> state = policy::next(process->acknowledged(), message, process->role);
  if (!state) co_return fail(state.error());
  Change<Transfer> change;
  change.next = *process;
  // Where the peer overtook its acknowledgement, this node speaks from where both are.
  change.next.state = change.next.acknowledged();
  if (message == policy::TransferMessage::Termination) {
    Result<TransferStore::Applied> ended = co_await end(process, std::move(reason), true, Word::Own);
    if (!ended) co_return fail(ended.error());
    if (ended->message) parts.outbox.send(std::move(*ended->message));
    co_return Status();
  }
  Status added = add_own(change, message, reason);
  if (!added) co_return added;
  // An end holds on this side from now on, whether the peer hears of it or not; a start when the peer has it.
  if (message != policy::TransferMessage::Start) change.next.enter(*state);
  Result<TransferStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  if (applied->message) parts.outbox.send(std::move(*applied->message));
  co_return Status();
}

std::vector<std::pair<Dimension, std::string>> TransferService::Impl::tokens(const Transfer& process,
                                                                             const AgreementRecord& agreement) const {
  const bool provider = process.role == Role::Provider;
  std::vector<std::pair<Dimension, std::string>> found{
      {Dimension::Counterparty, process.peer_did},
      {Dimension::Dataset, agreement.dataset},
      {Dimension::Purpose, process.purpose},
      {Dimension::ZonePair,
       provider ? zone_pair(parts.self.zone, process.peer_zone) : zone_pair(process.peer_zone, parts.self.zone)}};
  const std::string& transfer = provider ? process.pid : process.peer_pid;
  if (!transfer.empty()) found.emplace_back(Dimension::Transfer, transfer);
  return found;
}

}  // namespace sekisho::node
