#include "node/exchange/push/run.hpp"

#include <algorithm>

#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "node/exchange/intents.hpp"
#include "node/exchange/passing.hpp"
#include "node/exchange/push/sink.hpp"
#include "node/exchange/steps/authorize.hpp"
#include "node/exchange/steps/fetch.hpp"
#include "node/exchange/steps/record.hpp"
#include "node/exchange/steps/resume.hpp"
#include "node/exchange/stream/send.hpp"
#include "node/exchange/stream/sending.hpp"

namespace sekisho::node {
namespace {

constexpr std::chrono::seconds kOpenTime{30};

// What is pushed again in a moment; everything else ends the transfer.
bool is_passing(Code code) {
  return passing(code) || code == Code::SourceFailed || code == Code::SourceTimeout || code == Code::TransferNotStarted;
}

Code code_named(std::string_view name) {
  const auto* row = std::ranges::find(kCodeTable, name, &CodeInfo::name);
  return row == kCodeTable.end() ? Code::Cancelled : row->code;
}

Crossing crossing_of(const ExchangeParts& parts, std::shared_ptr<const TransferRecord> transfer) {
  Crossing crossing;
  crossing.pushed = true;
  crossing.request.peer.did = transfer->peer_did;
  crossing.request.peer.dns = transfer->peer_dns;
  crossing.request.peer.zone = transfer->peer_zone;
  crossing.request.peer.cert = transfer->peer_cert;
  crossing.request.transfer = transfer->provider_pid;
  crossing.request.deadline = async::Deadline::in(kOpenTime);
  crossing.exchange = make_uuid_v7(parts.clock.now(), parts.random.bytes(10));
  crossing.transfer = std::move(transfer);
  return crossing;
}

// What was asked for, in the evidence: POST, the dataset, and in place of a filter where it goes.
Digest asked(const TransferRecord& transfer) {
  return request_digest("POST", transfer.agreement->dataset, Json(JsonObject{{"endpoint", transfer.push->endpoint}}),
                        "*/*");
}

// The steps of a pull, but that who asks is the signer of the transfer's request.
async::Task<Status> cross(const PushWork* work, Crossing* crossing, std::unique_ptr<connectors::Reader>* rest) {
  const ExchangeParts& parts = work->parts;
  const TransferRecord& transfer = *crossing->transfer;
  auto signer = co_await parts.certificates.find(transfer.peer_dns, transfer.signer_cert, crossing->request.deadline);
  if (!signer) co_return fail(signer.error());
  crossing->signer = (*signer)->chain;
  Status done = steps::authorize(parts, *crossing);
  crossing->asked = asked(*crossing->transfer);
  if (!done) co_return done;
  done = steps::resume(parts, *crossing);
  if (!done) crossing->request.resume.clear();  // from the beginning then
  auto fetched = co_await steps::fetch(parts, *crossing);
  if (!fetched && fetched.error().code == Code::Conflict && crossing->resume) {
    crossing->resume.reset();
    crossing->request.resume.clear();
    fetched = co_await steps::fetch(parts, *crossing);
  }
  if (!fetched) co_return fail(fetched.error());
  *rest = std::move(*fetched);
  if (auto lost = lost_right(parts, *crossing))
    co_return fail(code_named(*lost), "the right to the push ended before the release");
  done = co_await steps::record(parts, *crossing);
  co_return done;
}

// Where a part goes and what must hold for it, apart from the crossing, which the stream takes over.
std::shared_ptr<const PushEndpoint> endpoint_of(const PushWork& work, const Crossing& crossing,
                                                PushRules::Permitted permitted) {
  auto to = std::make_shared<PushEndpoint>();
  to->client = work.clients.find(permitted.host);
  to->url = std::move(permitted.url);
  to->host = std::move(permitted.host);
  to->authorization = crossing.transfer->push->authorization();
  to->media = crossing.transfer->agreement->media;
  to->transfer = crossing.transfer->consumer_pid;
  to->resumed = crossing.request.resume;
  to->salt = crossing.salt;
  to->resolver = work.resolver;
  to->limits = work.limits;
  auto view = std::make_shared<Crossing>();
  view->pushed = true;
  view->request.peer = crossing.request.peer;
  view->request.transfer = crossing.request.transfer;
  view->transfer = crossing.transfer;
  view->shaper = crossing.shaper;
  view->signer = crossing.signer;
  to->lost_right = [parts = work.parts, view] { return lost_right(parts, *view); };
  return to;
}

// A decision that was taken is on record, as for a pull.
async::Task<void> record_denial(const PushWork* work, Crossing* crossing, Code code) {
  if (crossing->decision == Digest{}) co_return;
  const auto refusal = co_await steps::record_refusal(work->parts, *crossing, code);
  if (!refusal) log_warn("push.denial", refusal.error(), {{"exchange", to_text(crossing->exchange)}});
}

}  // namespace

async::Task<PushOutcome> push_once(const PushWork* work, std::shared_ptr<const TransferRecord> transfer,
                                   std::string place) {
  PushOutcome out;
  out.pushed.transfer = transfer;
  // The list may be another since the transfer was requested.
  auto permitted = work->rules.permit(transfer->push->endpoint, transfer->agreement->peer_dns);
  if (!permitted) {
    out.failed = permitted.error();
    co_return out;
  }
  auto crossing = std::make_unique<Crossing>(crossing_of(work->parts, transfer));
  crossing->request.resume = std::move(place);
  out.pushed.exchange = crossing->exchange;
  std::unique_ptr<connectors::Reader> rest;
  Status crossed = co_await cross(work, crossing.get(), &rest);
  if (!crossed) {
    out.failed = crossed.error();
    out.again = is_passing(out.failed->code);
    if (!out.again) co_await record_denial(work, crossing.get(), out.failed->code);
    co_return out;
  }
  out.pushed.resumed = crossing->resume;
  out.live = crossing->live;
  PushSink sink(work->parts, endpoint_of(*work, *crossing, std::move(*permitted)), out.pushed);
  const auto stream = stream_body(work->parts, std::move(*crossing), std::move(rest));
  Status sent = co_await stream(sink);
  out.taken = sink.taken();
  out.complete = sent && !out.live;
  if (out.complete) co_return out;
  if (sink.failure()) {
    out.failed = *sink.failure();
  } else if (sent) {
    out.failed = Error(Code::SourceFailed, "a source without end ended");
    out.again = true;
  } else {
    Code code = sent.error().code;
    for (const auto& [name, value] : sent.error().help) {
      if (name == "reason") code = code_named(value);
    }
    out.failed = Error(code, "the push was cut", sent.error());
    out.again = is_passing(code);
  }
  co_return out;
}

}  // namespace sekisho::node
