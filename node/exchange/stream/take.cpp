#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "node/exchange/stream/receiving.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kReadAtOnce = 256U << 10;
constexpr std::size_t kWindowsHeld = 4;  // logged or being logged, not yet with the client
constexpr std::chrono::seconds kCheckTime{10};
constexpr std::chrono::milliseconds kBusyPause{20};

std::unexpected<Error> invalid(std::string_view what) {
  return fail(Code::EvidenceInvalid, std::string("stream: ") + std::string(what));
}

// The statement says exactly what was received.
Status check_window(const Receiving& r, const trust::Statement& s, const std::optional<trust::Commitment>& prefix) {
  if (s.exchange() != r.in.intent.exchange) return invalid("a window of another exchange");
  if (s.agreement != r.in.intent.agreement) return invalid("a window under another agreement");
  if (s.digest("of") != r.in.open) return invalid("a window of another opening");
  const auto stated = s.digest("commitment");
  if (stated.has_value() != prefix.has_value()) return invalid("the end states another prefix than the last head");
  if (!prefix) return {};
  if (s.integer("bytes") != prefix->bytes || s.integer("chunks") != prefix->chunks || *stated != prefix->value) {
    return invalid("the commitment is not that of what was received");
  }
  return {};
}

// Heads may be durable whose chunks a cut held back: then its end states them, and they are "at most this".
Status check_end(Receiving& r, const trust::Statement& s) {
  if (!r.checked && s.text("reason") == "COMPLETE") r.logged = r.checked = r.hasher.finish(r.in.salt);  // of nothing
  auto fits = check_window(r, s, r.checked);
  if (fits || s.text("reason") == "COMPLETE" || s.digest("of") != r.in.open) return fits;
  const std::uint64_t have = r.checked ? r.checked->chunks : 0;
  const auto stated = s.integer("chunks");
  if (!stated || *stated <= have || *stated > have + kMostHeadsAhead) return fits;
  return {};
}

async::Task<Result<StreamFrame>> next_frame(std::shared_ptr<Receiving> r) {
  for (;;) {
    auto frame = r->frames.next();
    if (!frame) co_return fail(frame.error());
    if (*frame) co_return std::move(**frame);
    auto octets = co_await r->reader.read(kReadAtOnce);
    if (!octets) co_return fail(octets.error());
    if (octets->empty()) co_return fail(Code::Truncated, "the stream broke without its end");
    if (auto fed = r->frames.feed(*octets); !fed) co_return fail(fed.error());
  }
}

// Queues the head before it returns for the first time, so that heads keep their order.
async::Task<void> log_head(std::shared_ptr<Receiving> r, std::shared_ptr<ArrivedWindow> window) {
  CheckedStatement head = window->head;
  std::optional<ReceiptFacts> receipt = window->receipt;
  auto kept = co_await r->in.closer.stream_head(r->in.intent, std::move(head), std::move(receipt));
  if (kept) {
    r->logged = window->prefix;
    r->head = window->head.statement.id;
  }
  window->kept.emplace(std::move(kept));
  r->bells->ready.set();
}

bool refused_as_busy(const ArrivedWindow& window) {
  return window.kept && !*window.kept && window.kept->error().code == Code::Busy;
}

Status add_chunk(Receiving& r, ArrivedWindow& window) {
  if (auto added = r.hasher.add_chunk(as_bytes(window.chunk)); !added) return added;
  window.prefix = r.hasher.finish(r.in.salt);
  if (auto fits = check_window(r, window.head.statement, window.prefix); !fits) return fits;
  r.checked = window.prefix;
  if (!receipt_due(r, window.prefix.bytes)) return {};
  window.receipt.emplace();
  window.receipt->outcome = "verified";
  window.receipt->commitment = window.prefix;
  r.receipted = window.prefix.bytes;
  r.receipted_at = std::chrono::steady_clock::now();
  return {};
}

// One frame; afterwards either it is in the line, or it was the end.
async::Task<Status> take_one(std::shared_ptr<Receiving> r, async::Executor executor) {
  auto frame = co_await next_frame(r);
  if (!frame) co_return fail(frame.error());
  auto envelope = trust::decode_envelope(frame->envelope);
  if (!envelope) co_return fail(envelope.error());
  const bool end = frame->chunk.empty();
  const auto kind = end ? trust::StatementKind::StreamEnd : trust::StatementKind::StreamHead;
  auto checked = co_await r->in.parts.certificates.check_envelope(r->in.peer, std::move(*envelope), kind,
                                                                  async::Deadline::in(kCheckTime));
  if (!checked) co_return fail(checked.error());
  if (end) {
    if (auto fits = check_end(*r, checked->statement); !fits) co_return fits;
    r->end = std::move(*checked);
    co_return Status();
  }
  auto window = std::make_shared<ArrivedWindow>();
  window->chunk = std::move(frame->chunk);
  window->head = std::move(*checked);
  if (auto added = add_chunk(*r, *window); !added) co_return added;
  if (r->over) co_return fail(Code::Cancelled, "the stream is over here");
  r->line.push_back(window);
  async::spawn(executor, log_head(r, window), "stream head");
  // A full queue of the journal is a pause, not an end.
  while (refused_as_busy(*window) && !r->over) {
    co_await async::sleep_for(kBusyPause);
    if (r->over) break;
    window->kept.reset();
    async::spawn(executor, log_head(r, window), "stream head");
  }
  co_return Status();
}

}  // namespace

bool receipt_due(const Receiving& r, std::uint64_t bytes) {
  if (bytes <= r.receipted) return false;
  return bytes - r.receipted >= kReceiptBytes || std::chrono::steady_clock::now() - r.receipted_at >= kReceiptTime;
}

async::Task<void> take_windows(std::shared_ptr<Receiving> r) {
  auto executor = co_await async::current_executor();
  while (!r->over && !r->end && !r->fault) {
    r->bells->room.reset();
    if (r->line.size() >= kWindowsHeld) {
      co_await r->bells->room.wait();
      continue;
    }
    auto taken = co_await take_one(r, executor);
    if (!taken) r->fault = std::move(taken.error());
  }
  r->all_taken = true;
  r->bells->ready.set();
}

}  // namespace sekisho::node
