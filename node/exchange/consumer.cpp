#include "node/exchange/consumer.hpp"

#include <limits>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "base/crypto/digest.hpp"
#include "node/dataspace/agreement_hold.hpp"
#include "node/exchange/idempotency.hpp"
#include "node/exchange/keys.hpp"
#include "node/exchange/owners.hpp"
#include "node/exchange/peer_problem.hpp"
#include "node/exchange/stream/frame.hpp"
#include "node/exchange/stream/positions.hpp"
#include "node/exchange/stream/receive.hpp"
#include "node/exchange/verify_release.hpp"

namespace sekisho::node {
namespace {

constexpr std::chrono::seconds kTokenMargin{30};
constexpr std::chrono::seconds kResolveTime{10};
constexpr std::size_t kAnswerLimit = (1U << 20) + 4096;

// An agreement that was suspended or withdrawn is not replaced by another unasked: it takes somebody who negotiates
// one.
Status some_agreement_stands(const ExchangeParts& parts, const std::string& provider, const std::string& dataset) {
  Status newest;
  for (const auto& agreement : parts.agreements.with(provider, dataset)) {
    auto free = not_held(parts.storage, *agreement);
    if (free) return {};
    if (newest) newest = std::move(free);
  }
  return newest;
}

trust::PeerIdentity provider_of(const TransferRecord& transfer) {
  trust::PeerIdentity out;
  out.did = transfer.peer_did;
  out.dns = transfer.peer_dns;
  out.zone = transfer.peer_zone;
  return out;
}

// The opening goes on exactly where it was asked to, or begins.
Status check_resumption(const trust::Statement& open, const std::optional<StreamResume>& resumed) {
  const auto of = open.text("resumeOf");
  const auto chunk = open.integer("chunk");
  const bool right = resumed ? of == to_text(resumed->of) && chunk == resumed->chunk : !of && !chunk;
  if (right) return {};
  return fail(Code::EvidenceInvalid, "the stream goes on at another place than was asked");
}

}  // namespace

async::Task<Result<std::shared_ptr<const TransferRecord>>> Consumer::transfer(const ConsumerRequest& request) {
  if (auto free = some_agreement_stands(parts_, request.provider_dns, request.dataset); !free)
    co_return fail(free.error());
  auto found = co_await routes_.find(request.provider_dns, request.dataset, request.purpose, request.deadline);
  if (!found) co_return fail(found.error());
  if ((*found)->token_expires < parts_.clock.now() + kTokenMargin) {
    co_return co_await parts_.transfer_service.refresh_token((*found)->consumer_pid, request.deadline);
  }
  co_return found;
}

async::Task<Result<std::string>> Consumer::order_push(PushOrder order) {
  if (auto free = some_agreement_stands(parts_, order.provider_dns, order.dataset); !free) co_return fail(free.error());
  auto agreement = co_await routes_.agree(order.provider_dns, order.dataset, order.purpose, order.deadline);
  if (!agreement) co_return fail(agreement.error());
  auto pid = co_await parts_.transfer_service.request((*agreement)->id, std::move(order.purpose), std::move(order.to));
  if (!pid) co_return pid;
  Unit unit;
  unit.mutations.push_back(order_owner(*pid, order.client));
  const auto committed = co_await parts_.journal.commit(std::move(unit));
  if (!committed) co_return fail(committed.error());
  co_return pid;
}

async::Task<Result<OpenIntent>> Consumer::intend(const ConsumerRequest& request, const TransferRecord& transfer,
                                                 Uuid exchange) {
  OpenIntent intent;
  intent.exchange = exchange;
  intent.provider_dns = request.provider_dns;
  intent.transfer = transfer.provider_pid;
  intent.dataset = request.dataset;
  intent.purpose = request.purpose;
  intent.agreement = transfer.agreement->digest;
  intent.request = request_digest("GET", request.dataset, std::nullopt, request.accept);
  Unit unit;
  if (request.idempotency_key) {
    intent.idempotency = idempotency_row(request.client, *request.idempotency_key);
    const auto repeats = check_idempotency(parts_.storage, *intent.idempotency, intent.request);
    if (!repeats) co_return fail(repeats.error());
    intent.retry_of = *repeats;
    unit.mutations.push_back(running_row(*intent.idempotency, intent));
    unit.claims.push_back(Claim{idempotency_claim(*intent.idempotency)});
  }
  if (!request.client.empty()) unit.mutations.push_back(exchange_owner(intent.exchange, request.client));
  trust::Draft draft;
  draft.kind = trust::StatementKind::Intent;
  draft.agreement = intent.agreement;
  draft.members["exchange"] = to_text(intent.exchange);
  draft.members["provider"] = JsonObject{{"did", transfer.peer_did}, {"zone", transfer.peer_zone}};
  draft.members["request"] = to_hex(intent.request);
  draft.members["purpose"] = request.purpose;
  unit.entries.push_back(EntryDraft{pb::INTENT,
                                    intent.exchange,
                                    std::move(draft),
                                    std::nullopt,
                                    {{Dimension::Counterparty, transfer.peer_did},
                                     {Dimension::Dataset, request.dataset},
                                     {Dimension::Purpose, request.purpose},
                                     {Dimension::Transfer, transfer.provider_pid},
                                     {Dimension::ZonePair, zone_pair(transfer.peer_zone, parts_.self.zone)}}});
  unit.derive = [intent](const std::vector<CommittedEntry>& entries, std::vector<Mutation>& out) {
    OpenIntent row = intent;
    row.intent = entries[0].id;
    out.push_back(Mutation{Family::Exchange, intent_row(row.exchange), to_row(row)});
  };
  const auto committed = co_await parts_.journal.commit(std::move(unit));
  if (!committed && committed.error().code == Code::ExchangeReplayed) {
    co_return fail(Error(Code::IdempotencyRunning, "the request is running").with("retry_after_s", "1"));
  }
  if (!committed) co_return fail(committed.error());
  intent.intent = committed->entries[0].id;
  co_return intent;
}

async::Task<Result<http::ResponseReader>> Consumer::ask(const ConsumerRequest& request, const TransferRecord& transfer,
                                                        const OpenIntent& intent, std::string resume) {
  PeerRequest question;
  if (!resume.empty()) question.headers.set("Sekisho-Resume", std::move(resume));
  question.dns = request.provider_dns;
  question.method = "GET";
  question.target = transfer.target;
  question.headers.set("Authorization", "Bearer " + transfer.token);
  question.headers.set("Sekisho-Exchange", to_text(intent.exchange));
  question.headers.set("Sekisho-Intent", to_hex(intent.intent));
  if (intent.retry_of) question.headers.set("Sekisho-Retry-Of", to_text(*intent.retry_of));
  question.headers.set("Accept", request.accept);
  question.answer_limit = std::numeric_limits<std::size_t>::max();  // of a stream; a record's is kAnswerLimit
  question.deadline = request.deadline;
  co_return co_await parts_.peers.open(std::move(question));
}

namespace {

async::Task<Result<http::ClientResponse>> read_whole(http::ResponseReader reader) {
  constexpr std::size_t kReadAtOnce = 64 * 1024;
  http::ClientResponse answer = reader.head();
  for (;;) {
    auto part = co_await reader.read(kReadAtOnce);
    if (!part) co_return fail(part.error());
    if (part->empty()) co_return answer;
    if (answer.body.size() + part->size() > kAnswerLimit)
      co_return fail(Code::LimitExceeded, "an answer is over its limit");
    answer.body += *part;
  }
}

}  // namespace

Result<std::optional<Consumer::Going>> Consumer::going_on(const ConsumerRequest& request) const {
  if (!request.resume) return std::optional<Going>();
  const auto own = owns_exchange(parts_.storage, request.resume->exchange, request.client);
  if (!own) return fail(own.error());
  if (!*own) return fail(Code::NotFound, "no such stream of this client");
  const auto open =
      parts_.journal.reader().find(pb::STREAM_OPEN_IN, request.resume->exchange, "did:web:" + request.provider_dns);
  if (!open) return fail(open.error());
  if (!*open) return fail(Code::NotFound, "no such stream came to this node");
  const auto progress = find_progress(parts_.storage, request.resume->exchange, request.resume->received);
  if (!progress) return fail(progress.error());
  return std::optional(Going{StreamResume{request.resume->exchange, progress->chunk, {}}, progress->bytes});
}

async::Task<Result<Delivery>> Consumer::get(ConsumerRequest request) {
  auto going = going_on(request);
  if (!going) co_return fail(going.error());
  std::optional<StreamResume> resumed;
  std::string resume;
  if (*going) {
    resumed = (*going)->place;
    resume = resume_text(resumed->of, resumed->chunk);
  }
  auto found = co_await transfer(request);
  if (!found) co_return fail(found.error());
  const TransferRecord& record = **found;
  const Uuid exchange = make_uuid_v7(parts_.clock.now(), parts_.random.bytes(10));
  auto running = std::make_shared<RunningExchanges::Guard>(parts_.running, exchange);
  auto intent = co_await intend(request, record, exchange);
  if (!intent) co_return fail(intent.error());
  auto opened = co_await ask(request, record, *intent, std::move(resume));
  if (opened && opened->head().status == 200 && opened->head().headers.get("Content-Type") == kStreamMedia) {
    auto delivery = co_await take_stream(*found, std::move(*intent), std::move(running), std::move(*opened), resumed);
    if (delivery && *going) delivery->resumed_at = (*going)->bytes;
    co_return delivery;
  }
  Result<http::ClientResponse> answer = fail(Code::Connection, "no answer");
  if (opened) {
    answer = co_await read_whole(std::move(*opened));
  } else {
    answer = fail(opened.error());
  }
  if (!answer) {
    // The provider may or may not have released; its one outcome closes the intent, now or by recovery.
    const auto closed = co_await resolver_.close(*intent, "lost", std::string(answer.error().name()),
                                                 async::Deadline::in(kResolveTime));
    if (!closed)
      log_warn("exchange.open", {{"correlationId", request.correlation_id}, {"why", closed.error().chain()}});
    co_return fail(answer.error());
  }
  if (answer->status == 200) co_return co_await take(record, std::move(*intent), std::move(*answer));
  const bool stale = answer->status == 401 || answer->status == 404 || answer->status == 409;
  Error error = co_await refused(std::move(*intent), std::move(*answer));
  if (stale) {
    // The transfer or its token may have ended over there; asking for a fresh one ends it here too, so that the next
    // call does not fail the same way.
    const auto fresh = co_await parts_.transfer_service.refresh_token(record.consumer_pid, request.deadline);
    if (!fresh) log_info("transfer.ended", {{"transfer", record.provider_pid}, {"why", fresh.error().chain()}});
  }
  co_return fail(std::move(error).with("peer", request.provider_dns));
}

Delivery Consumer::delivery_of(const OpenIntent& intent) const {
  Delivery out;
  out.agreement = intent.agreement;
  out.exchange = intent.exchange;
  out.intent = intent.intent;
  out.transfer = intent.transfer;
  out.origin = parts_.journal.origin();
  return out;
}

async::Task<Result<Evidence>> Consumer::evidence_for(const TransferRecord& transfer, const OpenIntent& intent,
                                                     const http::ClientResponse& answer) {
  const auto deadline = async::Deadline::in(kResolveTime);
  const auto inline_text = answer.headers.find("Sekisho-Statement");
  const auto salt = digest_from_hex(answer.headers.get("Sekisho-Salt"));
  if (inline_text && salt) {
    trust::PeerIdentity provider = provider_of(transfer);
    auto checked = co_await parts_.certificates.check(std::move(provider), std::string(*inline_text),
                                                      trust::StatementKind::Release, deadline);
    if (checked) co_return Evidence{"release", std::move(*checked), *salt};
  }
  // By reference, or what came inline does not verify: the evidence route says what the provider stands by.
  auto evidence = co_await resolver_.ask(intent, deadline);
  if (!evidence)
    co_return fail(Code::EvidenceInvalid, "the provider gives no evidence that verifies", evidence.error());
  if (evidence->outcome == "release" && evidence->salt) co_return evidence;
  const auto closed = co_await resolver_.close(intent, "rejected", "EVIDENCE_INVALID", deadline);
  if (!closed) co_return fail(Code::EvidenceInvalid, "data came without a release", closed.error());
  co_return fail(Code::EvidenceInvalid, "data came without a release");
}

async::Task<Result<Delivery>> Consumer::take(const TransferRecord& transfer, OpenIntent intent,
                                             http::ClientResponse answer) {
  auto evidence = co_await evidence_for(transfer, intent, answer);
  if (!evidence) co_return fail(evidence.error());
  const Digest own_tls = sha256(parts_.self.tls_chain.front());
  const trust::Statement& release = evidence->statement.statement;
  auto fits = check_release(release, intent, transfer.terms, own_tls);
  auto content = check_content(release, *evidence->salt, answer.body);
  Delivery out = delivery_of(intent);
  // What was verified and is logged, whichever way it came.
  if (auto text = trust::envelope_header(evidence->statement.envelope)) out.statement = std::move(*text);
  ReceiptFacts facts{"verified", std::nullopt, "", evidence->salt};
  if (content) facts.commitment = *content;
  if (!fits || !content) {
    const Error& fault = fits ? content.error() : fits.error();
    facts.outcome = "rejected";
    facts.reason = std::string(fault.name());
    facts.commitment = trust::commit(*evidence->salt, as_bytes(answer.body));
    log_error("exchange.rejected", fault, {{"exchange", to_text(intent.exchange)}, {"peer", intent.provider_dns}});
    const auto closed = co_await closer_.with_receipt(intent, std::move(evidence->statement), std::move(facts));
    if (!closed) co_return fail(closed.error());
    co_return fail(Code::EvidenceInvalid, "the provider's answer does not fit its statement", fault);
  }
  out.media = release.text("media").value_or("application/octet-stream");
  const auto at = co_await closer_.with_receipt(intent, std::move(evidence->statement), std::move(facts));
  if (!at) co_return fail(at.error());
  out.body = std::move(answer.body);
  out.index = *at;
  out.salt = *evidence->salt;
  co_return out;
}

async::Task<Result<Delivery>> Consumer::take_stream(std::shared_ptr<const TransferRecord> transfer, OpenIntent intent,
                                                    std::shared_ptr<RunningExchanges::Guard> running,
                                                    http::ResponseReader reader, std::optional<StreamResume> resumed) {
  const auto deadline = async::Deadline::in(kResolveTime);
  const auto salt = digest_from_hex(reader.head().headers.get("Sekisho-Salt"));
  const std::string text(reader.head().headers.get("Sekisho-Statement"));
  trust::PeerIdentity peer = provider_of(*transfer);
  Result<CheckedStatement> open = fail(Code::EvidenceInvalid, "a stream without a salt");
  if (salt && !text.empty()) {
    open = co_await parts_.certificates.check(peer, text, trust::StatementKind::StreamOpen, deadline);
  } else if (salt) {
    auto evidence = co_await resolver_.ask(intent, deadline);
    if (evidence && evidence->outcome == "stream") open = std::move(evidence->statement);
  }
  const Digest own_tls = sha256(parts_.self.tls_chain.front());
  Status fits;
  if (open) fits = check_release(open->statement, intent, transfer->terms, own_tls);
  if (open && fits) fits = check_resumption(open->statement, resumed);
  if (!open || !fits) {
    const Error fault = open ? fits.error() : open.error();
    const auto closed = co_await resolver_.close(intent, "rejected", "EVIDENCE_INVALID", deadline);
    if (!closed) log_warn("exchange.open", {{"exchange", to_text(intent.exchange)}, {"why", closed.error().chain()}});
    co_return fail(Code::EvidenceInvalid, "the opening of the stream does not verify", fault);
  }
  Delivery out = delivery_of(intent);
  out.media = open->statement.text("media").value_or("application/octet-stream");
  out.statement = text;
  out.salt = *salt;
  const Digest id = open->statement.id;
  auto at = co_await closer_.stream_opened(intent, std::move(*open));
  if (!at) co_return fail(at.error());
  out.index = *at;
  out.stream = received_stream(IncomingStream{parts_, closer_, std::move(transfer), std::move(intent),
                                              std::move(running), std::move(peer), id, *salt},
                               std::move(reader));
  co_return out;
}

async::Task<Error> Consumer::refused(OpenIntent intent, http::ClientResponse answer) {
  const auto deadline = async::Deadline::in(kResolveTime);
  Error error = error_of_problem(answer);
  const auto statement = answer.headers.find("Sekisho-Statement");
  if (statement) {
    const auto agreement = parts_.agreements.find(intent.agreement);
    trust::PeerIdentity peer;
    peer.did = "did:web:" + intent.provider_dns;
    peer.dns = intent.provider_dns;
    peer.zone = agreement ? agreement->peer_zone : std::string();
    auto checked = co_await parts_.certificates.check(std::move(peer), std::string(*statement),
                                                      trust::StatementKind::Refusal, deadline);
    const auto recipient = checked ? checked->statement.party("recipient") : std::nullopt;
    if (recipient && recipient->did == parts_.self.did && checked->statement.exchange() == intent.exchange) {
      const auto closed = co_await closer_.with_refusal(intent, std::move(*checked));
      if (!closed) log_warn("exchange.open", {{"exchange", to_text(intent.exchange)}, {"why", closed.error().chain()}});
      co_return error;
    }
  }
  const auto closed = co_await resolver_.close(intent, "lost", std::string(error.name()), deadline);
  if (!closed) log_warn("exchange.open", {{"exchange", to_text(intent.exchange)}, {"why", closed.error().chain()}});
  co_return error;
}

}  // namespace sekisho::node
