#include "connectors/http/caller.hpp"

#include <algorithm>

#include "base/async/timer.hpp"
#include "base/core/limits.hpp"
#include "base/crypto/system_random.hpp"
#include "connectors/http/target.hpp"

namespace sekisho::connectors {

namespace {

using std::chrono::milliseconds;

constexpr int kAttempts = 4;
constexpr std::size_t kPiece = 64U << 10;

bool worth_repeating(int status) { return status == 429 || status == 502 || status == 503 || status == 504; }
bool worth_repeating(const Error& error) {
  return error.cause && (error.cause->code == Code::Connection || error.cause->code == Code::Truncated);
}

// Retry-After in seconds (its date form is answered with the growing pause), else 100 ms … 800 ms, scattered.
milliseconds pause_before(int attempt, const http::ClientResponse* answer) {
  const std::string_view after = answer != nullptr ? answer->headers.get("Retry-After") : std::string_view();
  if (!after.empty() && after.size() < 6 && after.find_first_not_of("0123456789") == after.npos) {
    return std::chrono::seconds(std::stol(std::string(after)));
  }
  SystemRandom random;
  const milliseconds most(200 << attempt);
  return most / 2 + milliseconds(random.bytes(1)[0] * (most.count() / 2) / 255);
}

bool is_cancelled(const std::atomic<bool>* flag) { return flag != nullptr && *flag; }
Error cancelled_error() { return {Code::Cancelled, "the reading was cancelled"}; }

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
  if (below.code == Code::LimitExceeded)
    return {Code::AnswerTooLarge, "source " + where_ + " answered more than a page may hold"};
  const Code code = below.code == Code::Deadline ? Code::SourceTimeout : Code::SourceFailed;
  return {below.code == Code::Cancelled ? Code::Cancelled : code, "source " + where_, below};
}

async::Task<Status> Caller::pause(milliseconds span, const std::atomic<bool>* cancelled, async::Deadline deadline) {
  if (span > deadline.remaining()) {
    co_return fail(Code::SourceTimeout, "source " + where_ + " asks to wait for longer than there is time");
  }
  const async::Deadline until = async::Deadline::in(span);
  while (!until.expired()) {
    if (is_cancelled(cancelled)) co_return fail(cancelled_error());
    co_await async::sleep_until(until.at_most(milliseconds(200)));
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

async::Task<Result<http::ClientResponse>> Caller::fetch(http::ClientRequest request,
                                                        const std::atomic<bool>* cancelled) {
  Result<http::ResponseReader> reader = co_await client_->open(std::move(request));
  if (!reader) co_return fail(failed(reader.error()));
  http::ClientResponse answer = reader->head();
  for (;;) {
    if (is_cancelled(cancelled)) co_return fail(cancelled_error());
    Result<std::string> piece = co_await reader->read(kPiece);
    if (!piece) co_return fail(failed(piece.error()));
    if (piece->empty()) co_return answer;
    answer.body += *piece;
  }
}

async::Task<Result<std::string>> Caller::token(async::Deadline deadline) {
  std::string kept = kept_token();
  if (!needs_token() || !kept.empty()) co_return kept;
  Result<http::ClientRequest> request = token_request(deadline.at_most(plan_.timeout));
  if (!request) co_return fail(request.error());
  Result<http::ClientResponse> answer = co_await fetch(std::move(*request), nullptr);
  if (!answer) co_return fail(answer.error());
  co_return keep_token(*answer);
}

async::Task<Result<http::ClientResponse>> Caller::once(const SourceCall& call, async::Deadline deadline) {
  const milliseconds wait = turn();
  Status waited = co_await pause(wait, call.cancelled, deadline);
  if (!waited) co_return fail(waited.error());
  Result<std::string> bearer = co_await token(deadline);
  if (!bearer) co_return fail(bearer.error());
  Result<http::ClientRequest> request = build(call, *bearer, deadline.at_most(plan_.timeout));
  if (!request) co_return fail(request.error());
  Result<http::ClientResponse> answer = co_await fetch(std::move(*request), call.cancelled);
  co_return answer;
}

async::Task<Result<http::ClientResponse>> Caller::call(SourceCall call, async::Deadline deadline) {
  bool renewed = false;
  for (int attempt = 0;; ++attempt) {
    if (is_cancelled(call.cancelled)) co_return fail(cancelled_error());
    Result<http::ClientResponse> answer = co_await once(call, deadline);
    if (answer && answer->status == 401 && needs_token() && !renewed) {
      renewed = true;
      drop_token();
      continue;
    }
    const bool again = answer ? worth_repeating(answer->status) : worth_repeating(answer.error());
    if (!again || attempt + 1 >= kAttempts) co_return answer;
    const milliseconds wait = pause_before(attempt, answer ? &*answer : nullptr);
    Status waited = co_await pause(wait, call.cancelled, deadline);
    if (!waited) co_return fail(waited.error());
  }
}

}  // namespace sekisho::connectors
