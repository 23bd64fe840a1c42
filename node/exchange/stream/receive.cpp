#include "node/exchange/stream/receive.hpp"

#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/core/log.hpp"
#include "node/exchange/stream/receiving.hpp"

namespace sekisho::node {
namespace {

constexpr std::chrono::milliseconds kGuardTick{100};
constexpr std::chrono::milliseconds kEndPatience{300};  // for a client that does not read
constexpr std::chrono::milliseconds kFarewell{1'000};   // for the provider's end of what was stopped here
constexpr std::chrono::hours kSilence{24 * 365};        // an endless source may say nothing for long

std::optional<std::string> lost_right(const Receiving& r) {
  const auto own = r.in.parts.transfers.find_own(r.in.transfer->consumer_pid);
  if (!own || !own->serves || r.in.parts.transfers.held(r.in.intent.agreement)) return std::string(code_info(Code::TransferNotStarted).name);
  const auto provider = r.in.parts.trust.identify(r.reader.head().chain_der, trust::Use::TlsServer);
  if (!provider) return std::string(provider.error().name());
  return std::nullopt;
}

std::optional<std::string> cut_cause(const Receiving& r, const http::BodySink& sink) {
  if (auto lost = lost_right(r)) return lost;
  if (sink.gone()) return std::string(code_info(Code::Connection).name);
  return std::nullopt;
}

// The time came for a receipt, and no window to go with.
async::Task<void> keep_receipt(std::shared_ptr<Receiving> r) {
  ReceiptFacts facts;
  facts.outcome = "verified";
  facts.commitment = r->logged;
  const Digest head = *r->head;
  auto kept = co_await r->in.closer.stream_progress(r->in.intent, head, std::move(facts));
  if (!kept) log_warn("stream.receipt", {{"exchange", to_text(r->in.intent.exchange)}, {"why", kept.error().chain()}});
}

bool owes_receipt(const Receiving& r) { return r.logged && r.logged->bytes > r.receipted; }

async::Task<void> wait_for_window(std::shared_ptr<Receiving> r, async::Executor executor) {
  if (!owes_receipt(*r)) {
    co_await r->bells->ready.wait();
    co_return;
  }
  const async::Deadline due(r->receipted_at + kReceiptTime);
  const bool rung = co_await r->bells->ready.wait_until(due);
  if (rung || !owes_receipt(*r)) co_return;
  r->receipted = r->logged->bytes;
  r->receipted_at = std::chrono::steady_clock::now();
  async::spawn(executor, keep_receipt(r), "stream receipt");
}

// Hands windows to the client until the verified end; else why there is none.
async::Task<Status> pass_on(std::shared_ptr<Receiving> r, http::BodySink* sink) {
  auto executor = co_await async::current_executor();
  (void)co_await sink->write({});  // the client's answer begins, whenever the first window comes
  for (;;) {
    r->bells->ready.reset();
    if (auto cause = r->running->cause()) co_return fail(Code::Cancelled, *cause);
    if (r->line.empty() && r->all_taken) {
      if (r->fault) co_return fail(*r->fault);
      co_return Status();
    }
    const bool waits = r->line.empty() || !r->line.front()->kept;
    if (waits) {
      co_await wait_for_window(r, executor);
      continue;
    }
    const auto window = r->line.front();
    if (!*window->kept && window->kept->error().code == Code::Busy) {  // it is tried again
      co_await r->bells->ready.wait();
      continue;
    }
    if (!*window->kept) co_return fail(window->kept->error());
    auto passed = co_await sink->write(std::move(window->chunk));
    if (!passed) co_return fail(passed.error());
    r->line.pop_front();
    r->bells->room.set();
  }
}

// Who was told that this node stopped the transfer may still say the end of the stream. Nothing is passed on meanwhile.
async::Task<void> await_end(std::shared_ptr<Receiving> r) {
  const auto until = async::Deadline::in(kFarewell);
  while (!r->end && !r->fault && !until.expired()) {
    r->bells->ready.reset();
    while (!r->line.empty() && r->line.front()->kept) r->line.pop_front();
    r->bells->room.set();
    (void)co_await r->bells->ready.wait_until(until);
  }
}

bool stopped_here(const Receiving& r) {
  return r.running->cause() == std::string(code_info(Code::TransferNotStarted).name);
}

// What is being logged is part of what the last receipt confirms.
async::Task<void> settle_line(std::shared_ptr<Receiving> r) {
  while (!r->line.empty()) {
    r->bells->ready.reset();
    if (r->line.front()->kept) {
      r->line.pop_front();
    } else {
      co_await r->bells->ready.wait();
    }
  }
}

async::Task<Status> receive(std::shared_ptr<Receiving> r, http::BodySink* sink) {
  const std::string from = "from " + r->in.peer.did;
  r->running = r->in.parts.streams.open(from, r->in.intent.exchange);
  auto executor = co_await async::current_executor();
  r->bells.emplace(executor);
  r->reader.extend(async::Deadline::in(kSilence));
  async::spawn(executor, take_windows(r), "stream frames");
  async::spawn(executor, guard_incoming(r, sink), "stream guard");
  const Status passed = co_await pass_on(r, sink);
  if (!passed && stopped_here(*r)) co_await await_end(r);
  r->over = true;
  r->reader.abort();  // before the receipt: nothing comes late
  r->bells->ring();
  co_await settle_line(r);
  ReceiptFacts facts;
  facts.commitment = r->logged;
  facts.salt = r->in.salt;
  std::optional<CheckedStatement> last;
  std::string reason;
  if (r->end) last = std::move(*r->end);
  if (passed) {
    reason = last->statement.text("reason").value_or("");
  } else {
    // The connection may have been taken away before the guard saw why.
    reason = r->running->cause().value_or(lost_right(*r).value_or(std::string(passed.error().name())));
    log_warn("stream.broke", {{"exchange", to_text(r->in.intent.exchange)}, {"why", passed.error().chain()}});
  }
  const bool complete = passed && reason == "COMPLETE" && r->logged;
  facts.outcome = complete ? "verified" : "partial";
  if (!complete) facts.reason = reason;
  auto closed = co_await r->in.closer.stream_ended(r->in.intent, r->in.open, std::move(last), std::move(facts));
  r->running->done = true;
  r->in.parts.streams.close(from, r->in.intent.exchange);
  r->in.running.reset();
  if (!closed) co_return fail(closed.error());
  if (!complete) co_return fail(Code::Cancelled, "the stream ended: " + reason);
  co_return Status();
}

}  // namespace

async::Task<void> guard_incoming(std::shared_ptr<Receiving> r, http::BodySink* sink) {
  while (!r->running->done) {
    co_await async::sleep_for(kGuardTick);
    if (r->running->done) co_return;
    if (!r->running->cause()) {
      if (auto cause = cut_cause(*r, *sink)) r->running->cancel(std::move(*cause));
    }
    if (!r->running->cause()) continue;
    if (!stopped_here(*r)) r->reader.abort();
    r->bells->ring();
    co_await async::sleep_for(kEndPatience);
    if (!r->running->done) sink->abort();
    co_return;
  }
}

std::function<async::Task<Status>(http::BodySink&)> received_stream(IncomingStream stream,
                                                                    http::ResponseReader reader) {
  auto r = std::make_shared<Receiving>(std::move(stream), std::move(reader));
  return [r](http::BodySink& sink) { return receive(r, &sink); };
}

}  // namespace sekisho::node
