#include "node/exchange/stream/send.hpp"

#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/core/log.hpp"
#include "node/exchange/keys.hpp"
#include "node/exchange/stream/frame.hpp"
#include "node/exchange/stream/statements.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kComplete = "COMPLETE";
// One batch of a live source is one window, so nothing is won by waiting; this only bounds the heads of a second.
constexpr std::chrono::milliseconds kLiveWindow{20};
constexpr std::chrono::milliseconds kBusyPause{20};
constexpr int kMostEndTries = 500;
constexpr std::chrono::milliseconds kSettleTime{300};  // less than a cut leaves for the sealed end

std::string natural_end(const Sending& s) {
  if (s.fault) return s.running->cause().value_or(std::string(s.fault->name()));
  return s.withdrawn ? std::string(Error(Code::ConsentWithdrawn, "").name()) : std::string(kComplete);
}

// Writes windows until something ends the stream; answers the reason.
async::Task<std::string> write_windows(std::shared_ptr<Sending> s, http::BodySink* sink) {
  for (;;) {
    s->bells->sealed.reset();
    if (auto cause = s->running->cause()) co_return *cause;
    if (s->line.empty() && s->all_sealed) co_return natural_end(*s);
    if (s->line.empty() || !s->line.front()->head) {
      co_await s->bells->sealed.wait();
      continue;
    }
    const auto window = s->line.front();
    Result<Committed>& head = *window->head;
    if (!head && head.error().code == Code::Busy) {  // it is tried again
      co_await s->bells->sealed.wait();
      continue;
    }
    if (!head) co_return std::string(head.error().name());
    std::string frame = encode_frame(window->chunk, envelope_of(head->entries[0]));
    const std::size_t octets = window->chunk.size();
    auto sent = co_await sink->write(std::move(frame));
    if (!sent) {
      // The connection may have been taken away before the guard saw why.
      if (auto cause = s->running->cause()) co_return *cause;
      co_return lost_right(*s).value_or(std::string(sent.error().name()));
    }
    s->written += octets;
    s->line.pop_front();
    s->bells->filled.set();
    s->bells->room.set();
  }
}

// A source that keeps the position itself is told what left before the end says that this was all.
async::Task<void> settle_source(std::shared_ptr<Sending> s) {
  const auto until = async::Deadline::in(kSettleTime);
  while (s->rest && !until.expired()) {
    s->bells->sealed.reset();
    (void)co_await s->bells->sealed.wait_until(until);
  }
}

// What is being committed may still become durable, and the end says it then.
async::Task<void> settle_line(std::shared_ptr<Sending> s) {
  while (!s->line.empty()) {
    s->bells->sealed.reset();
    if (s->line.front()->head) {
      s->line.pop_front();
    } else {
      co_await s->bells->sealed.wait();
    }
  }
}

// A full queue of the journal is a pause.
async::Task<Result<Committed>> commit_end(std::shared_ptr<Sending> s, const StreamEnd* end) {
  for (int n = 0;; ++n) {
    Unit unit = end_unit(*end);
    auto ended = co_await s->parts.journal.commit(std::move(unit));
    if (ended || ended.error().code != Code::Busy || n == kMostEndTries) co_return ended;
    co_await async::sleep_for(kBusyPause);
  }
}

async::Task<Status> send_stream(std::shared_ptr<Sending> s, http::BodySink* sink) {
  const Uuid exchange = s->crossing.exchange;
  const Digest agreement = s->crossing.transfer->agreement->digest;
  s->running = s->parts.streams.open(s->crossing.request.peer.did, exchange);
  auto executor = co_await async::current_executor();
  s->bells.emplace(executor);
  async::spawn(executor, guard(s, sink), "stream guard");
  if (s->rest) async::spawn(executor, feed(s), "stream source");
  async::spawn(executor, seal(s), "stream windows");
  // Nobody knows when the first window comes: the answer begins without it.
  if (s->window.held() == 0) (void)co_await sink->write({});
  const std::string reason = co_await write_windows(s, sink);
  s->over = true;
  if (s->rest && s->reading) s->rest->cancel();
  s->bells->ring();
  co_await settle_line(s);
  co_await settle_source(s);
  if (reason == kComplete && !s->said) s->said = s->hasher.finish(s->crossing.salt);  // of nothing, and that is all
  const auto receipted = s->parts.storage.get(Family::Exchange, receipt_claim(s->open));
  const bool known = s->crossing.pushed || (receipted && receipted->has_value());
  const StreamEnd end{agreement, s->open, exchange, reason, s->said, known, stream_tokens(*s)};
  if (!known) (void)s->parts.open.opened(agreement, exchange, s->parts.clock.now());
  s->counted.reset();
  auto ended = co_await commit_end(s, &end);
  log_info("stream.ended", {{"exchange", to_text(exchange)},
                            {"peer", s->crossing.request.peer.did},
                            {"reason", reason},
                            {"bytes", std::to_string(s->said ? s->said->bytes : 0)}});
  Status done;
  if (ended) {
    std::string frame = encode_frame({}, envelope_of(ended->entries[0]));
    done = co_await sink->write(std::move(frame));
  } else {
    if (!known) (void)s->parts.open.closed(agreement, exchange);
    done = fail(ended.error());
  }
  s->running->done = true;
  s->parts.streams.close(s->crossing.request.peer.did, exchange);
  if (done && reason != kComplete) done = fail(Error(Code::Cancelled, "the stream was cut: " + reason).with("reason", reason));
  co_return done;
}

StreamLimits limits_of(const Crossing& crossing) {
  StreamLimits limits;
  if (crossing.live) limits.window_time = kLiveWindow;
  limits.whole_lines = crossing.pushed && !crossing.opaque;  // each window is a request of its own
  return limits;
}

}  // namespace

std::function<async::Task<Status>(http::BodySink&)> stream_body(ExchangeParts parts, Crossing crossing,
                                                                std::unique_ptr<connectors::Reader> rest) {
  const StreamLimits limits = limits_of(crossing);
  auto s = std::make_shared<Sending>(parts, std::move(crossing), std::move(rest), limits);
  s->open = trust::statement_id(s->crossing.release.payload);
  s->counted = s->parts.open.streams(s->crossing.transfer->agreement->digest);
  s->window.add(s->crossing.shaped.body, steady_now());
  s->fed = s->crossing.shaped.body.size();
  if (s->crossing.resume) s->skip = s->crossing.resume->point.skip;
  s->withdrawn = s->crossing.shaped.ended;
  s->crossing.shaped = {};
  if (!s->rest) s->window.end();
  return [s](http::BodySink& sink) { return send_stream(s, &sink); };
}

}  // namespace sekisho::node
