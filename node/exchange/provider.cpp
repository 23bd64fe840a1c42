#include "node/exchange/provider.hpp"

#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "base/http/problem.hpp"
#include "node/exchange/passing.hpp"
#include "node/exchange/steps/authenticate.hpp"
#include "node/exchange/steps/authorize.hpp"
#include "node/exchange/steps/fetch.hpp"
#include "node/exchange/steps/record.hpp"
#include "node/exchange/steps/resume.hpp"
#include "node/exchange/stream/frame.hpp"
#include "node/exchange/stream/send.hpp"

namespace sekisho::node {
namespace {

// What is kept as the one outcome of its id. What was not understood is no question yet: it is counted, not kept.
bool is_outcome(Code code) { return !passing(code) && code != Code::TokenInvalid && code != Code::InvalidArgument; }

void evidence_headers(http::Response& response, const trust::Envelope& envelope, bool by_reference) {
  auto inline_text =
      by_reference ? Result<std::string>(fail(Code::LimitExceeded, "by reference")) : trust::envelope_header(envelope);
  if (inline_text) {
    response.headers.set("Sekisho-Statement", std::move(*inline_text));
  } else {
    response.headers.set("Sekisho-Evidence", "reference");
  }
}

}  // namespace

async::Task<Status> Provider::cross(Crossing& crossing, std::unique_ptr<connectors::Reader>& rest) {
  auto done = steps::authenticate(parts_, crossing);
  if (!done) co_return done;
  done = steps::authorize(parts_, crossing);
  if (!done) co_return done;
  done = steps::resume(parts_, crossing);
  if (!done) co_return done;
  auto fetched = co_await steps::fetch(parts_, crossing);
  if (!fetched) co_return fail(fetched.error());
  rest = std::move(*fetched);
  // The source took its time: what is recorded is the decision of now.
  const auto decision = steps::authorize_again(parts_, crossing, steps::uses_before(parts_, crossing));
  if (!decision) co_return fail(decision.error());
  crossing.decision = *decision;
  done = co_await steps::record(parts_, crossing);
  co_return done;
}

async::Task<http::Response> Provider::serve(DataRequest request) {
  Crossing crossing;
  crossing.request = std::move(request);
  std::unique_ptr<connectors::Reader> rest;
  auto done = co_await cross(crossing, rest);
  if (!done) co_return co_await refuse(crossing, done.error());
  co_return answer(crossing, std::move(rest));
}

http::Response Provider::answer(Crossing& crossing, std::unique_ptr<connectors::Reader> rest) const {
  http::Response response;
  response.headers.set("Content-Type", crossing.transfer->agreement->media);
  response.headers.set("Cache-Control", "no-store, no-transform");
  response.headers.set("Accept-Ranges", "none");
  response.headers.set("Sekisho-Exchange", to_text(crossing.exchange));
  evidence_headers(response, crossing.release, crossing.request.by_reference);
  response.headers.set("Sekisho-Salt", to_hex(crossing.salt));
  if (crossing.streams) {
    response.headers.set("Content-Type", std::string(kStreamMedia));
    response.close = true;  // what was cut is told by the end of the connection
    response.stream = stream_body(parts_, std::move(crossing), std::move(rest));
    return response;
  }
  response.body = std::move(crossing.shaped.body);
  response.after = [held = std::move(crossing.held)](bool) {};  // until the peer has read it
  return response;
}

async::Task<http::Response> Provider::refuse(Crossing& crossing, Error error) {
  const std::string& correlation = crossing.request.correlation_id;
  log_warn("exchange.refused", {{"correlationId", correlation},
                                {"peer", crossing.request.peer.did},
                                {"exchange", crossing.request.exchange},
                                {"error", error.chain()}});
  if (!is_outcome(error.code) || crossing.exchange == Uuid{}) co_return http::problem(error, correlation);
  if (error.code != Code::ExchangeReplayed) {
    if (const auto admitted = evidence_.admit_void(crossing.request.peer.did); !admitted) {
      co_return http::problem(admitted.error(), correlation);
    }
    const auto refusal = co_await steps::record_refusal(parts_, crossing, error.code);
    if (refusal) {
      auto response = http::problem(error, correlation);
      response.headers.set("Sekisho-Exchange", to_text(crossing.exchange));
      evidence_headers(response, *refusal, crossing.request.by_reference);
      co_return response;
    }
    error = refusal.error();
  }
  if (error.code != Code::ExchangeReplayed) co_return http::problem(error, correlation);
  const std::string evidence = "/sekisho/v1/exchanges/" + to_text(crossing.exchange) + "/evidence";
  error.help.clear();
  error.help.emplace_back("evidence", evidence);
  auto response = http::problem(error, correlation);
  response.headers.set("Link", "<" + evidence + ">; rel=\"describedby\"");
  co_return response;
}

Status Provider::load() {
  const auto quotas = parts_.storage.scan(Family::Quota, {}, {}, [&](BytesView key, BytesView value) {
    Digest agreement{};
    if (key.size() == agreement.size()) {
      std::copy(key.begin(), key.end(), agreement.begin());
      parts_.quotas.load(agreement, read_be64(value));
    }
    return true;
  });
  if (!quotas) return fail(quotas.error());
  Status fault;
  const auto open = parts_.storage.scan(Family::Exchange, {}, as_bytes("open"), [&](BytesView key, BytesView value) {
    Digest agreement{};
    Uuid exchange;
    if (key.size() != 4 + agreement.size() + exchange.octets.size()) return true;
    std::copy_n(key.begin() + 4, agreement.size(), agreement.begin());
    std::copy_n(key.begin() + 4 + static_cast<std::ptrdiff_t>(agreement.size()), exchange.octets.size(),
                exchange.octets.begin());
    const auto entry = parts_.journal.reader().entry(read_be64(value));
    if (!entry) {
      fault = fail(entry.error());
      return false;
    }
    parts_.open.opened(agreement, exchange, Instant(std::chrono::microseconds(entry->entry.time_us())));
    return true;
  });
  if (!open) return fail(open.error());
  if (!fault) return fault;
  return end_crashed_streams(parts_);
}

}  // namespace sekisho::node
