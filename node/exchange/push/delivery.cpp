#include "node/exchange/push/delivery.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/async/timer.hpp"
#include "base/async/with_stop.hpp"
#include "base/core/encoding.hpp"
#include "base/http/public_address.hpp"
#include "connectors/http/repeats.hpp"
#include "trust/evidence/envelope.hpp"
#include "trust/pki/certificate.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kReadAnswer = 64U << 10;  // of it nothing is used; a short one keeps the connection

struct Answer {
  int status = 0;
  bool page = false;  // of HTML: hardly by what should take data
  std::optional<std::chrono::milliseconds> retry_after;
};

Error not_taken(Code code, std::string why) { return Error(code, "push: " + why).with("why", std::move(why)); }
Error not_taken(Code code, std::string why, Error below) {
  return Error(code, "push: " + why, std::move(below)).with("why", std::move(why));
}

// Everything else that is no 2xx says that the same request will not do.
bool is_passing(int status) { return status == 408 || status == 425 || status == 429 || status >= 500; }

async::Task<Result<std::string>> address_of(std::shared_ptr<const PushEndpoint> to, async::Deadline deadline) {
  if (!to->host.address.empty()) co_return to->host.address;
  http::Resolver::Addresses addresses = co_await to->resolver->resolve(to->url.host, deadline);
  if (!addresses)
    co_return fail(not_taken(Code::PushFailed, "the endpoint's name does not resolve", addresses.error()));
  // One that is not public among others is an attempt, not a mistake.
  if (addresses->empty() || !std::ranges::all_of(*addresses, http::is_public_address)) {
    Error seen(Code::PushRefused, fmt::format("{} is {}", to->url.host, fmt::join(*addresses, ", ")));
    co_return fail(
        not_taken(Code::PushRefused, "the endpoint's name has an address that is not public", std::move(seen)));
  }
  co_return addresses->front();
}

http::Judge pinned(const std::string& key) {
  return [key](std::span<const Bytes> chain) -> Result<std::shared_ptr<const void>> {
    const auto leaf = chain.empty() ? Result<trust::Certificate>(fail(Code::CertificateInvalid, "no certificate"))
                                    : trust::Certificate::parse(chain.front());
    if (leaf && to_hex(leaf->key_digest()) == key) return std::shared_ptr<const void>();
    return fail(Code::CertificateInvalid, "the endpoint's key is not the pinned one");
  };
}

http::ClientRequest request_of(const PushEndpoint& to, const PushPart& part, std::string address,
                               async::Deadline deadline) {
  http::ClientRequest request;
  request.method = "POST";
  request.host = to.url.host;
  request.address = std::move(address);
  request.port = to.url.port;
  request.target = to.url.target();
  request.limits.body_bytes = SIZE_MAX;  // an answer is read as far as kReadAnswer
  request.deadline = deadline;
  if (to.host.key) {
    request.judge = pinned(*to.host.key);
    request.judge_key = *to.host.key;
  }
  const std::string exchange = to_text(part.exchange);
  http::Headers& fields = request.headers;
  fields.set("Content-Type", to.media);
  if (!to.authorization.empty()) fields.set("Authorization", to.authorization);
  fields.set("Sekisho-Exchange", exchange);
  fields.set("Sekisho-Transfer", to.transfer);
  fields.set("Sekisho-Chunk", std::to_string(part.chunk));
  fields.set("Sekisho-Offset", std::to_string(part.offset));
  fields.set("Sekisho-Salt", to_hex(to.salt));
  if (!to.resumed.empty()) fields.set("Sekisho-Resume", to.resumed);
  fields.set("Idempotency-Key", fmt::format("\"{}#{}\"", exchange, part.chunk));
  std::string head = to_base64url(part.head);
  if (head.size() <= trust::kMaxStatementHeader) fields.set("Sekisho-Statement", std::move(head));
  request.body = part.content;
  return request;
}

Error unanswered(Error error) {
  switch (error.code) {
    case Code::CertificateInvalid:
      return not_taken(Code::PushRefused, "the endpoint has another key than the provider's operator pinned",
                       std::move(error));
    case Code::TlsHandshake:
      return not_taken(Code::PushFailed, "the endpoint speaks no TLS 1.3, or its certificate does not verify",
                       std::move(error));
    case Code::Deadline: return not_taken(Code::PushFailed, "the endpoint did not answer in time", std::move(error));
    case Code::Truncated:
      return not_taken(Code::PushFailed, "the endpoint closed the connection without an answer", std::move(error));
    case Code::Framing:
    case Code::HeaderTooLarge:
      return not_taken(Code::PushFailed, "the endpoint's answer is not HTTP", std::move(error));
    default: return not_taken(Code::PushFailed, "the connection to the endpoint failed", std::move(error));
  }
}

async::Task<Result<Answer>> attempt(std::shared_ptr<const PushEndpoint> to, std::shared_ptr<const PushPart> part,
                                    async::Deadline deadline) {
  Result<std::string> address = co_await address_of(to, deadline);
  if (!address) co_return fail(address.error());
  http::ClientRequest request = request_of(*to, *part, std::move(*address), deadline);
  Result<http::ResponseReader> reader = co_await to->client->open(std::move(request));
  if (!reader) co_return fail(unanswered(reader.error()));
  const http::Headers& fields = reader->head().headers;
  Answer answer{reader->head().status, fields.get("Content-Type").starts_with("text/html"),
                connectors::retry_after(fields)};
  for (std::size_t read = 0; read < kReadAnswer;) {
    Result<std::string> piece = co_await reader->read(kReadAnswer);
    if (!piece || piece->empty()) break;
    read += piece->size();
  }
  co_return answer;
}

std::string_view meaning_of(int status) {
  if (status >= 300 && status < 400) return ", and no redirect is followed";
  switch (status) {
    case 401:
    case 403: return ": it wants another token";
    case 404:
    case 410: return ": there is nothing at that path";
    case 405: return ": it takes no POST";
    case 413: return ": it takes less than 1 MiB at once";
    case 415: return ": it takes another media type";
    default: return "";
  }
}

Error refusal_of(const Answer& answer) {
  return not_taken(Code::PushFailed, fmt::format("the endpoint answered {}{}{}", answer.status,
                                                 answer.page ? " with a page of HTML" : "", meaning_of(answer.status)));
}

async::Task<void> pause(std::chrono::milliseconds span, std::shared_ptr<const std::atomic<bool>> stop) {
  const async::Deadline until = async::Deadline::in(span);
  while (!until.expired() && !*stop) co_await async::sleep_until(until.at_most(async::kStopTick));
}

}  // namespace

async::Task<Result<int>> deliver(std::shared_ptr<const PushEndpoint> to, std::shared_ptr<const PushPart> part,
                                 std::shared_ptr<const std::atomic<bool>> stop) {
  const async::Deadline until = async::Deadline::in(to->limits.patience);
  std::chrono::milliseconds wait = to->limits.first_pause;
  for (;;) {
    if (*stop) co_return fail(Code::Cancelled, "the push was stopped");
    if (const auto lost = to->lost_right()) co_return fail(Code::Cancelled, "the push was stopped: " + *lost);
    auto attempting = attempt(to, part, async::Deadline::in(to->limits.attempt));
    Result<Answer> answer = co_await async::with_stop(*stop, std::move(attempting), "a push");
    if (answer && answer->status >= 200 && answer->status < 300) co_return answer->status;
    if (*stop) co_return fail(Code::Cancelled, "the push was stopped");
    Error error = answer ? refusal_of(*answer) : answer.error();
    if (answer ? !is_passing(answer->status) : error.code == Code::PushRefused) co_return fail(std::move(error));
    const auto asked = answer && answer->retry_after ? *answer->retry_after : std::chrono::milliseconds(0);
    const auto span = std::max(asked, wait);
    // An attempt that is cut short would hide what the endpoint answers.
    if (span + to->limits.attempt > until.remaining()) co_return fail(std::move(error));
    co_await pause(span, stop);
    wait = std::min(wait * 2, to->limits.longest_pause);
  }
}

}  // namespace sekisho::node
