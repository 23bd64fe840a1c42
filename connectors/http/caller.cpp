#include "connectors/http/caller.hpp"

#include <algorithm>

#include "base/async/timer.hpp"
#include "base/async/with_stop.hpp"
#include "connectors/http/repeats.hpp"
#include "connectors/http/target.hpp"

namespace sekisho::connectors {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kPiece = 64U << 10;

// The rest of a body, which the client bounds.
async::Task<Result<http::ClientResponse>> read_rest(http::ResponseReader reader) {
  http::ClientResponse answer = reader.head();
  for (;;) {
    Result<std::string> piece = co_await reader.read(kPiece);
    if (!piece) co_return fail(piece.error());
    if (piece->empty()) co_return answer;
    answer.body += *piece;
  }
}

}  // namespace

Result<std::shared_ptr<Caller>> Caller::make(const HttpPlan& plan, const Context& context) {
  std::shared_ptr<Caller> caller(new Caller(plan, context));
  Result<http::Url> base = http::parse_url(plan.base);
  if (!base) return fail(base.error());
  caller->base_ = std::move(*base);
  caller->where_ = host_port(caller->base_);
  Status listed = on_egress_list(caller->base_, context);
  if (!listed) return fail(listed.error());
  if (!plan.auth.token_url.empty()) {
    const Result<http::Url> url = http::parse_url(plan.auth.token_url);
    if (!url) return fail(url.error());
    listed = on_egress_list(*url, context);
    if (!listed) return fail(listed.error());
  }
  Result<std::shared_ptr<http::Client>> client = client_for(plan.ca, context);
  if (!client) return fail(client.error());
  caller->client_ = std::move(*client);
  return caller;
}

Error Caller::failed(const Error& below) const {
  if (below.code == Code::Cancelled) return {Code::Cancelled, "the reading was cancelled"};
  if (below.code == Code::LimitExceeded)
    return {Code::AnswerTooLarge, "source " + where_ + " answered more than a page may hold"};
  return {below.code == Code::Deadline ? Code::SourceTimeout : Code::SourceFailed, "source " + where_, below};
}

async::Task<Status> Caller::pause(milliseconds span, const std::atomic<bool>& stop, async::Deadline deadline) {
  if (span > deadline.remaining()) {
    co_return fail(Code::SourceTimeout, "source " + where_ + " asks to wait for longer than there is time");
  }
  const async::Deadline until = async::Deadline::in(span);
  while (!until.expired()) {
    if (stop) co_return fail(Code::Cancelled, "the reading was cancelled");
    co_await async::sleep_until(until.at_most(async::kStopTick));
  }
  co_return Status();
}

milliseconds Caller::turn() {
  if (plan_.per_second <= 0) return milliseconds(0);
  const std::lock_guard lock(mutex_);
  const async::SteadyTime now = std::chrono::steady_clock::now();
  const async::SteadyTime mine = std::max(now, next_call_);
  next_call_ = mine + std::chrono::microseconds(static_cast<std::int64_t>(1e6 / plan_.per_second));
  return std::chrono::ceil<milliseconds>(mine - now);
}

async::Task<Result<http::ClientResponse>> Caller::whole(http::ClientRequest request, const std::atomic<bool>& stop) {
  async::Task<Result<http::ClientResponse>> sending = client_->send(std::move(request));
  Result<http::ClientResponse> answer = co_await async::with_stop(stop, std::move(sending), "a call");
  if (!answer) co_return fail(failed(answer.error()));
  co_return answer;
}

async::Task<Result<std::string>> Caller::token(const std::atomic<bool>& stop, async::Deadline deadline) {
  std::string kept = kept_token();
  if (!needs_token() || !kept.empty()) co_return kept;
  for (bool again = true;;) {
    Result<http::ClientRequest> request = token_request(deadline.at_most(plan_.timeout));
    if (!request) co_return fail(request.error());
    Result<http::ClientResponse> answer = co_await whole(std::move(*request), stop);
    if (!answer) co_return fail(answer.error());
    // An assertion of a clock that is wrong is refused; the server's Date mends it, once.
    if (answer->status != 200 && again && learn_clock(*answer)) {
      again = false;
      continue;
    }
    co_return keep_token(*answer);
  }
}

async::Task<Result<http::ResponseReader>> Caller::begin(const SourceCall& call, std::string& bearer, std::size_t limit,
                                                        async::Deadline deadline) {
  const milliseconds wait = turn();
  Status waited = co_await pause(wait, *call.stop, deadline);
  if (!waited) co_return fail(waited.error());
  Result<std::string> identity = co_await token(*call.stop, deadline);
  if (!identity) co_return fail(identity.error());
  bearer = std::move(*identity);
  Result<http::ClientRequest> request = build(call, bearer, deadline.at_most(plan_.timeout));
  if (!request) co_return fail(request.error());
  request->limits.body_bytes = limit;
  async::Task<Result<http::ResponseReader>> opening = client_->open(std::move(*request));
  Result<http::ResponseReader> reader = co_await async::with_stop(*call.stop, std::move(opening), "a call");
  if (!reader) co_return fail(failed(reader.error()));
  co_return reader;
}

async::Task<Result<http::ResponseReader>> Caller::open(SourceCall call, async::Deadline deadline) {
  Repeats repeats(needs_token(), call.repeat);
  for (;;) {
    std::string bearer;
    Result<http::ResponseReader> reader = co_await begin(call, bearer, SIZE_MAX, deadline);
    const Repeats::Step step =
        reader ? repeats.after(reader->head().status, reader->head().headers) : repeats.after(reader.error());
    if (step == Repeats::Step::Done) co_return reader;
    if (step == Repeats::Step::Renew) {
      drop_token(bearer);
      continue;
    }
    Status waited = co_await pause(repeats.pause(), *call.stop, deadline);
    if (!waited) co_return fail(waited.error());
  }
}

async::Task<Result<http::ClientResponse>> Caller::call(SourceCall call, async::Deadline deadline) {
  Repeats repeats(needs_token(), call.repeat);
  for (;;) {
    std::string bearer;
    Result<http::ResponseReader> reader = co_await begin(call, bearer, plan_.page_bytes, deadline);
    Result<http::ClientResponse> answer = http::ClientResponse();
    if (reader) {
      async::Task<Result<http::ClientResponse>> reading = read_rest(std::move(*reader));
      answer = co_await async::with_stop(*call.stop, std::move(reading), "a call");
      if (!answer) answer = fail(failed(answer.error()));
    } else {
      answer = fail(reader.error());
    }
    const Repeats::Step step = answer ? repeats.after(answer->status, answer->headers) : repeats.after(answer.error());
    if (step == Repeats::Step::Done) co_return answer;
    if (step == Repeats::Step::Renew) {
      drop_token(bearer);
      continue;
    }
    Status waited = co_await pause(repeats.pause(), *call.stop, deadline);
    if (!waited) co_return fail(waited.error());
  }
}

}  // namespace sekisho::connectors
