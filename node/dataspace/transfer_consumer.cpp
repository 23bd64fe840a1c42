#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/crypto/jws.hpp"
#include "base/http/url.hpp"
#include "node/dataspace/fields.hpp"
#include "node/dataspace/transfer_impl.hpp"

namespace sekisho::node {
namespace {

// When to renew a token of the peer, which only the peer can verify: what it says of itself, within our own lifetime.
Instant expiry_of(const std::string& token, Instant now) {
  const Instant latest = now + kTokenLifetime;
  const Result<UnverifiedJws> jws = peek_jws(token);
  if (!jws) return latest;
  const Result<Json> claims = parse_json(as_text(jws->payload));
  if (!claims || !claims->is_object()) return latest;
  const Result<std::int64_t> expires = get_integer(claims->get_object(), "exp");
  if (!expires || *expires < 0) return latest;
  return std::min(latest, Instant(std::chrono::seconds(*expires)));
}

Result<std::string> data_target(const std::string& endpoint, const std::string& peer_dns) {
  Result<http::Url> url = http::parse_url(endpoint);
  if (!url || url->scheme != "https" || url->host != peer_dns) {
    return fail(Error(Code::InvalidArgument, "the data address is not at the provider")
                    .with("pointer", "/dataAddress/endpoint"));
  }
  return url->target();
}

// A start message is the same whatever token it carries.
Digest start_digest(TransferStartMessage message) {
  if (message.address) message.address->token.clear();
  return message_digest(to_body(message));
}

}  // namespace

async::Task<Result<TransferStore::Applied>> TransferService::Impl::open(
    std::shared_ptr<const AgreementRecord> agreement, std::string purpose, std::optional<DataAddress> push) {
  Status room = parts.outbox.admit();
  if (!room) co_return fail(room.error());
  Result<PeerAddress> provider = parts.profile.find(parts.trust, agreement->peer_dns);
  if (!provider) co_return fail(provider.error());

  Change<Transfer> change;
  Transfer& next = change.next;
  next.pid = new_pid(parts.random);
  next.role = Role::Consumer;
  next.peer_did = agreement->peer_did;
  next.peer_dns = agreement->peer_dns;
  next.peer_zone = agreement->peer_zone;
  next.base = provider->base;
  next.enter(policy::TransferState::Requested);
  next.agreement = agreement->id;
  next.purpose = purpose;
  if (push) next.push = std::make_shared<const DataAddress>(DataAddress{push->endpoint, ""});
  const std::string_view format = push ? kPushFormat : kPullFormat;
  const bool sealed = parts.profile.sealed();
  if (sealed) {
    trust::Draft draft;
    draft.kind = trust::StatementKind::Request;
    draft.agreement = agreement->digest;
    draft.members = {{"transfer", next.pid},
                     {"format", format},
                     {"recipient", party(parts.self.did, parts.self.zone)},
                     {"purpose", purpose}};
    Status sound = trust::check_draft(draft);
    if (!sound) co_return fail(Code::InvalidArgument, "the purpose cannot be stated", sound.error());
    EntryDraft entry;
    entry.kind = pb::REQUEST_OUT;
    entry.content = std::move(draft);
    entry.tokens = tokens(next, *agreement);
    change.entries.push_back(std::move(entry));
  }
  TransferRequestMessage request;
  request.consumer_pid = next.pid;
  request.agreement_id = agreement->id;
  request.format = format;
  request.address = std::move(push);
  request.callback = parts.profile.own_base(parts.self);
  if (!purpose.empty()) request.purpose = purpose;
  change.message = Outgoing{std::string(kTransferRequestKind), fmt::format("{}/transfers/request", next.base),
                            [request, sealed](const std::vector<CommittedEntry>& entries) {
                              TransferRequestMessage out = request;
                              if (sealed) out.statement = envelope_text(entries.front());
                              return to_body(out);
                            },
                            3};
  co_return co_await apply(std::move(change));
}

async::Task<Result<RecordPointer>> TransferService::start_transfer(std::string agreement_id, std::string purpose,
                                                                   async::Deadline deadline) {
  const std::shared_ptr<const AgreementRecord> agreement = impl_->parts.agreements.find(agreement_id);
  if (!agreement || agreement->role != Role::Consumer)
    co_return fail(Code::AgreementUnknown, "no agreement " + agreement_id);
  Result<TransferStore::Applied> applied = co_await impl_->open(agreement, std::move(purpose), std::nullopt);
  if (!applied) co_return fail(applied.error());
  const std::string pid = applied->process->pid;
  async::Completion<Result<RecordPointer>> waiter = impl_->waiters.open(pid);
  impl_->parts.outbox.send(std::move(*applied->message));
  std::optional<Result<RecordPointer>> outcome = co_await waiter.wait_until(deadline);
  if (outcome) co_return std::move(*outcome);
  impl_->waiters.drop(pid);
  co_return fail(Error(Code::Deadline, fmt::format("{} takes too long to start the transfer", agreement->peer_dns))
                     .with("peer", agreement->peer_dns));
}

async::Task<Result<std::string>> TransferService::request(std::string agreement_id, std::string purpose,
                                                          std::optional<DataAddress> push) {
  const std::shared_ptr<const AgreementRecord> agreement = impl_->parts.agreements.find(agreement_id);
  if (!agreement || agreement->role != Role::Consumer)
    co_return fail(Code::AgreementUnknown, "no agreement " + agreement_id);
  Result<TransferStore::Applied> applied = co_await impl_->open(agreement, std::move(purpose), std::move(push));
  if (!applied) co_return fail(applied.error());
  impl_->parts.outbox.send(std::move(*applied->message));
  co_return applied->process->pid;
}

Status TransferService::Impl::says_terms(const trust::Statement& statement, const Transfer& process,
                                         const AgreementRecord& agreement) const {
  const std::optional<Digest>& view = agreement.agreement->view;
  const bool right = statement.agreement == agreement.digest && statement.text("transfer") == process.peer_pid &&
                     statement.text("dataset") == agreement.dataset && statement.text("purpose") == process.purpose &&
                     (!process.push || statement.text("mode") == "push") &&
                     statement.digest("policy") == agreement.agreement->ir.digest &&
                     (!view || statement.digest("plan") == view) &&
                     statement.party("recipient") == trust::Party{parts.self.did, parts.self.zone, false};
  if (right) return {};
  return fail(Code::EvidenceInvalid,
              fmt::format("the terms of {} are not those of the agreement and the request", process.peer_dns));
}

async::Task<Result<http::Response>> TransferService::Impl::take_start(Held held, trust::PeerIdentity peer,
                                                                      std::string body) {
  Result<TransferStartMessage> message = parse_transfer_start(body);
  if (!message) co_return fail(message.error());
  Status ids = ids_fit(*held.process, message->ids);
  if (!ids) co_return fail(ids.error());
  const Digest digest = start_digest(*message);
  Change<Transfer> change;
  change.next = *held.process;
  Transfer& next = change.next;
  next.peer_pid = message->ids.provider;
  const bool sealed = parts.profile.sealed();
  if (message->address && sealed && !next.push) {
    Result<std::string> target = data_target(message->address->endpoint, next.peer_dns);
    if (!target) co_return fail(target.error());
    next.target = std::move(*target);
    next.token = message->address->token;
    next.token_expires = expiry_of(next.token, parts.clock.now());
  }
  Result<policy::TransferState> state = held.process->after(policy::TransferMessage::Start, store.sent(*held.process));
  // The first start, which alone carries the terms, is said once; a resumption is the same each time.
  if (held.process->was_seen(digest) && (!state || message->statement)) {
    // The same message once more, perhaps with a fresh token; perhaps when the transfer is suspended or over.
    if (next.state != policy::TransferState::Started) co_return answer(*held.process, 200, std::nullopt);
    store.put(std::make_shared<const Transfer>(next));
    publish(next);
    co_return answer(next, 200, std::nullopt);
  }
  if (!state) co_return fail(state.error());
  if (next.target.empty() && sealed && !next.push) co_return shape_error("/dataAddress", "is missing");
  const bool first = held.process->state == policy::TransferState::Requested;
  Status paced = first ? Status() : pauses.admit(held.process->peer_did, parts.clock.now());
  if (!paced) co_return fail(paced.error());
  const std::shared_ptr<const AgreementRecord> agreement = parts.agreements.find(next.agreement);
  if (!agreement) co_return fail(Code::AgreementUnknown, "the agreement of the transfer is gone");
  next.enter(*state);
  next.see(digest);
  if (first && sealed && !message->statement)
    co_return shape_error("/sekishoStatement", "is missing: the terms are not sealed");
  if (message->statement) {
    Result<CheckedStatement> checked = co_await parts.certificates.check(
        peer, *message->statement, trust::StatementKind::Terms, async::Deadline::in(limits.peer));
    if (!checked && transient(checked.error().code)) co_return fail(checked.error());
    Status said = checked ? says_terms(checked->statement, next, *agreement) : Status(fail(checked.error()));
    if (!said) {
      http::Response response = error_response(said.error(), next.ids(), "TransferError");
      end_after(response, next.pid, said.error());
      co_return response;
    }
    next.terms = checked->statement.id;
    EntryDraft entry;
    entry.kind = pb::TERMS_IN;
    entry.content = Foreign{std::move(checked->envelope.payload), std::move(checked->envelope.seal)};
    entry.agreement = agreement->digest;
    entry.tokens = tokens(next, *agreement);
    change.entries.push_back(std::move(entry));
  }
  Status decided = first ? Status() : add_decision(change, "resume", Word::Peer);
  if (!decided) co_return fail(decided.error());
  Status stepped = step(change);
  if (!stepped) co_return fail(stepped.error());
  Result<TransferStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  waiters.settle(applied->process->pid, parts.transfers.find_own(applied->process->pid));
  co_return answer(*applied->process, 200, std::move(applied->message));
}

Result<TransferPointer> TransferService::Impl::find_consumed(const std::string& pid) const {
  Result<TransferPointer> own = store.find(pid);
  if (!own || *own) return own;
  TransferPointer found;
  for (const TransferPointer& process : store.in_memory()) {
    if (process->role != Role::Consumer || process->ended() || process->peer_pid != pid) continue;
    if (found) return TransferPointer();  // two providers chose the same id: only the own one tells them apart
    found = process;
  }
  return found;
}

async::Task<Result<RecordPointer>> TransferService::refresh_token(std::string pid, async::Deadline deadline) {
  Result<TransferPointer> process = impl_->find_consumed(pid);
  if (!process) co_return fail(process.error());
  if (!*process || (*process)->role != Role::Consumer) co_return fail(Code::TransferUnknown, "no transfer " + pid);
  const std::string consumer_pid = (*process)->pid;
  if (!(*process)->serves()) co_return fail(Code::TransferNotStarted, "the transfer is not started");
  const std::string dns = (*process)->peer_dns;
  PeerRequest request;
  request.dns = dns;
  request.method = "POST";
  request.target = fmt::format("/sekisho/v1/transfers/{}/token", http::percent_encode((*process)->peer_pid));
  request.answer_limit = 16 * 1024;
  request.repeatable = true;
  request.deadline = deadline;
  Result<http::ClientResponse> answer = co_await impl_->parts.peers.send(std::move(request));
  if (!answer) co_return fail(answer.error());
  if (answer->status == 404 || answer->status == 409) {
    // The provider ended it without this node's knowledge; a new transfer is cheap.
    Status ended =
        co_await impl_->end_by_pid(consumer_pid, Error(Code::TransferUnknown, dns + " knows no such transfer"), false);
    if (!ended) co_return fail(ended.error());
    co_return fail(Error(Code::TransferUnknown, dns + " knows no such transfer").with("peer", dns));
  }
  Result<Json> json = parse_json(answer->body);
  if (answer->status != 200 || !json || !json->is_object()) {
    co_return fail(
        Error(Code::PeerRefused, fmt::format("{} answered {} for a token", dns, answer->status)).with("peer", dns));
  }
  Result<std::string> token = get_string(json->get_object(), "token");
  if (!token || token->empty() || token->size() > 4096)
    co_return fail(Error(Code::PeerRefused, dns + " sent no token").with("peer", dns));

  Result<Impl::Held> held = co_await impl_->hold(consumer_pid);
  if (!held) co_return fail(held.error());
  if (!held->process->serves()) co_return fail(Code::TransferNotStarted, "the transfer is not started");
  Transfer next = *held->process;
  next.token = std::move(*token);
  next.token_expires = expiry_of(next.token, impl_->parts.clock.now());
  impl_->store.put(std::make_shared<const Transfer>(next));
  RecordPointer record = impl_->publish(next);
  if (!record) co_return fail(Code::AgreementUnknown, "the agreement of the transfer is gone");
  co_return record;
}

}  // namespace sekisho::node
