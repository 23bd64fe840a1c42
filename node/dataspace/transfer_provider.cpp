#include <algorithm>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/http/problem.hpp"
#include "base/http/url.hpp"
#include "node/dataspace/agreement_hold.hpp"
#include "node/dataspace/fields.hpp"
#include "node/dataspace/transfer_impl.hpp"
#include "policy/decide.hpp"

namespace sekisho::node {
namespace {

// Each that runs holds some megabytes: windows on their way, and the part that the endpoint has not taken.
constexpr std::ptrdiff_t kMostPushesOfPeer = 16;

// Whether the agreement permits this purpose to this peer at all, now. Each release is decided again.
Status permits(const AgreementRecord& agreement, const trust::PeerIdentity& peer, std::string_view purpose,
               const Clock& clock) {
  policy::DecisionInput facts;
  facts.target = agreement.dataset;
  facts.assignee = peer.did;
  facts.zone = peer.zone;
  facts.purpose = purpose;
  facts.used = 0;
  facts.view = agreement.shaper->plan().digest();
  facts.clock = clock.read();
  const policy::Decision decision = policy::decide(agreement.agreement->program, facts);
  if (decision.permit) return {};
  return fail(policy::denial(agreement.agreement->program, decision));
}

Status says_request(const trust::Statement& statement, const TransferRequestMessage& message,
                    const AgreementRecord& agreement, const trust::PeerIdentity& peer) {
  const bool right = statement.agreement == agreement.digest && statement.text("transfer") == message.consumer_pid &&
                     statement.text("format") == message.format && statement.text("purpose") == message.purpose &&
                     statement.party("recipient") == trust::Party{peer.did, peer.zone, false};
  if (right) return {};
  return fail(Code::EvidenceInvalid,
              fmt::format("the request statement of {} says something else than its message", peer.dns));
}

}  // namespace

Result<std::shared_ptr<const AgreementRecord>> TransferService::Impl::agreement_for(
    const trust::PeerIdentity& peer, const TransferRequestMessage& message) const {
  const std::shared_ptr<const AgreementRecord> agreement = parts.agreements.find(message.agreement_id);
  if (!agreement || agreement->role != Role::Provider || agreement->peer_did != peer.did) {
    return fail(Code::AgreementUnknown, fmt::format("no agreement {} with {}", message.agreement_id, peer.dns));
  }
  const Status held = not_held(parts.storage, *agreement);
  if (!held && held.error().code == Code::AgreementWithdrawn)
    return fail(held.error());  // a suspension waits with its data
  return agreement;
}

Result<std::shared_ptr<const DataAddress>> TransferService::Impl::push_for(
    const AgreementRecord& agreement, const TransferRequestMessage& message) const {
  if (message.format != kPushFormat) return std::shared_ptr<const DataAddress>();
  const auto dataset = parts.catalog.state()->dataset(agreement.dataset);
  if (!dataset || !dataset->object.push) {
    const std::string why = "the dataset is not offered for pushes";
    return fail(Error(Code::PushRefused, "no push: " + why).with("pointer", "/format").with("why", why));
  }
  const auto permitted = parts.push.permit(message.address->endpoint, agreement.peer_dns);
  if (!permitted) return fail(permitted.error());
  const auto of_peer = [&agreement](const TransferPointer& one) {
    return one->push && !one->ended() && one->peer_did == agreement.peer_did;
  };
  if (std::ranges::count_if(store.in_memory(), of_peer) >= kMostPushesOfPeer) {
    return fail(Error(Code::TooManyRequests, agreement.peer_dns + " has as many pushes as one may have")
                    .with("retry_after_s", "60"));
  }
  return std::make_shared<const DataAddress>(*message.address);
}

// A decision is an entry of the log, also one against the request; so a peer may cause only so many.
async::Task<Error> TransferService::Impl::denied_on_record(std::shared_ptr<const AgreementRecord> agreement,
                                                           TransferRequestMessage message, Error denied) {
  if (!parts.profile.sealed()) co_return denied;
  const Status admitted = denials.admit(agreement->peer_did, parts.clock.now());
  if (!admitted) co_return admitted.error();
  JsonObject detail{{"what", "transfer"},
                    {"act", "refused"},
                    {"code", denied.name()},
                    {"peer", agreement->peer_did},
                    {"process", message.consumer_pid},
                    {"format", message.format},
                    {"purpose", message.purpose.value_or("")}};
  // Without its query, which may be a credential.
  if (message.address) detail["endpoint"] = message.address->endpoint.substr(0, message.address->endpoint.find('?'));
  const Result<std::string> text = canonical_json(Json(std::move(detail)));
  if (!text) co_return text.error();
  Unit unit;
  unit.entries.push_back(
      EntryDraft{pb::GOVERNANCE,
                 Uuid{},
                 *text,
                 agreement->digest,
                 {{Dimension::Counterparty, agreement->peer_did}, {Dimension::Dataset, agreement->dataset}}});
  const auto committed = co_await parts.journal.commit(std::move(unit));
  if (!committed) co_return committed.error();
  co_return denied;
}

async::Task<Result<http::Response>> TransferService::Impl::take_request(trust::PeerIdentity peer, std::string body) {
  Result<TransferRequestMessage> message = parse_transfer_request(body);
  if (!message) co_return fail(message.error());
  if (message->format != kPullFormat && message->format != kPushFormat) {
    co_return shape_error("/format", "is neither HttpData-PULL nor HttpData-PUSH");
  }
  Result<std::string> base = parts.profile.callback(message->callback, peer.dns);
  if (!base) co_return fail(base.error());
  if (parts.profile.sealed() && (!message->purpose || message->purpose->empty()))
    co_return shape_error("/sekishoPurpose", "is missing");
  if (parts.profile.sealed() && !message->statement)
    co_return shape_error("/sekishoStatement", "is missing: the request is not sealed");

  Result<Turns::Turn> turn = co_await store.turn("peer " + peer.did + " " + message->consumer_pid);
  if (!turn) co_return fail(turn.error());
  // As with negotiations: a repetition in other words is the same request.
  const Digest digest = message_digest(to_body(*message));
  Result<TransferPointer> existing = store.find_by_peer(peer.did, message->consumer_pid);
  if (!existing) co_return fail(existing.error());
  if (*existing) {
    if ((*existing)->was_seen(digest)) co_return answer(**existing, 201, std::nullopt);
    co_return fail(Error(Code::StateTransition, "another request with the consumerPid of a process")
                       .with("pointer", "/consumerPid"));
  }
  Status admitted = store.admit(peer.did);
  if (!admitted) co_return fail(admitted.error());
  Status room = parts.outbox.admit();
  if (!room) co_return fail(room.error());
  Result<std::shared_ptr<const AgreementRecord>> agreement = agreement_for(peer, *message);
  if (!agreement) co_return fail(agreement.error());
  const Status permitted = permits(**agreement, peer, message->purpose.value_or(""), parts.clock);
  Result<std::shared_ptr<const DataAddress>> push = push_for(**agreement, *message);
  if (!permitted || !push) {
    Error denied = permitted ? push.error() : permitted.error();
    Error recorded = co_await denied_on_record(*agreement, *message, std::move(denied));
    co_return fail(std::move(recorded));
  }
  std::optional<trust::Envelope> envelope;
  Digest signer{};
  if (message->statement) {
    Result<CheckedStatement> checked = co_await parts.certificates.check(
        peer, *message->statement, trust::StatementKind::Request, async::Deadline::in(limits.peer));
    if (!checked) co_return fail(checked.error());
    Status said = says_request(checked->statement, *message, **agreement, peer);
    if (!said) co_return fail(said.error());
    signer = checked->statement.issuer.cert;
    envelope = std::move(checked->envelope);
  }

  Change<Transfer> change;
  Transfer& next = change.next;
  next.pid = new_pid(parts.random);
  next.peer_pid = message->consumer_pid;
  next.role = Role::Provider;
  next.peer_did = peer.did;
  next.peer_dns = peer.dns;
  next.peer_zone = peer.zone;
  next.peer_cert = peer.cert;
  next.signer_cert = signer;
  next.base = std::move(*base);
  next.enter(policy::TransferState::Requested);
  next.agreement = (*agreement)->id;
  next.purpose = message->purpose.value_or("");
  next.push = std::move(*push);
  next.see(digest);
  if (envelope) {
    EntryDraft request;
    request.kind = pb::REQUEST_IN;
    request.content = Foreign{std::move(envelope->payload), std::move(envelope->seal)};
    request.agreement = (*agreement)->digest;
    request.tokens = tokens(next, **agreement);
    change.entries.push_back(std::move(request));
  }
  Status stepped = step(change);
  if (!stepped) co_return fail(stepped.error());
  change.mutations.push_back(store.peer_index(next));
  Result<TransferStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  co_return answer(*applied->process, 201, std::move(applied->message));
}

EntryDraft TransferService::Impl::terms_draft(const Transfer& process, const AgreementRecord& agreement) const {
  trust::Draft draft;
  draft.kind = trust::StatementKind::Terms;
  draft.agreement = agreement.digest;
  draft.members = {{"recipient", party(process.peer_did, process.peer_zone)},
                   {"transfer", process.pid},
                   {"dataset", agreement.dataset},
                   {"purpose", process.purpose},
                   {"policy", to_hex(agreement.agreement->ir.digest)},
                   {"plan", to_hex(agreement.shaper->plan().digest())},
                   {"mode", process.push ? "push" : "record"}};
  EntryDraft entry;
  entry.kind = pb::TERMS_OUT;
  entry.content = std::move(draft);
  entry.tokens = tokens(process, agreement);
  return entry;
}

// The consumer resumes what was suspended.
async::Task<Result<http::Response>> TransferService::Impl::take_resumption(Held held, std::string body) {
  Result<TransferStartMessage> message = parse_transfer_start(body);
  if (!message) co_return fail(message.error());
  Status ids = ids_fit(*held.process, message->ids);
  if (!ids) co_return fail(ids.error());
  const Digest digest = message_digest(body);
  Result<policy::TransferState> state = held.process->after(policy::TransferMessage::Start, store.sent(*held.process));
  if (!state && held.process->was_seen(digest)) co_return answer(*held.process, 200, std::nullopt);
  if (!state) co_return fail(state.error());
  Status paced = pauses.admit(held.process->peer_did, parts.clock.now());
  if (!paced) co_return fail(paced.error());
  Change<Transfer> change;
  change.next = *held.process;
  change.next.enter(*state);
  change.next.see(digest);
  Status decided = add_decision(change, "resume", Word::Peer);
  if (!decided) co_return fail(decided.error());
  Status stepped = step(change);
  if (!stepped) co_return fail(stepped.error());
  Result<TransferStore::Applied> applied = co_await apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  co_return answer(*applied->process, 200, std::move(applied->message));
}

http::Response TransferService::renew_token(const trust::PeerIdentity& peer, const std::string& pid,
                                            std::string_view correlation_id) const {
  const RecordPointer record = impl_->parts.transfers.find(pid);
  if (!record || record->peer_did != peer.did) {
    return http::problem(Error(Code::TransferUnknown, "no such transfer for " + peer.dns), correlation_id);
  }
  if (!record->serves || record->push)
    return http::problem(Error(Code::TransferNotStarted, "the transfer does not serve"), correlation_id);
  Result<TokenService::Issued> token = impl_->parts.tokens.issue(pid, peer.did, peer.cert);
  if (!token) return http::problem(token.error(), correlation_id);
  http::Response response =
      http::json_response(200, to_text(Json{{"token", token->token}, {"expires", to_rfc3339(token->expires)}}));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace sekisho::node
