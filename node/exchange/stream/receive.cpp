#include "node/exchange/stream/receive.hpp"

#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "node/exchange/stream/frame.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kReadAtOnce = 256U << 10;
constexpr std::uint64_t kReceiptBytes = 16U << 20;
constexpr std::chrono::seconds kReceiptTime{10};
constexpr std::chrono::seconds kCheckTime{10};
constexpr std::chrono::hours kSilence{24};  // an endless source may say nothing for long

struct Receiving {
  Receiving(IncomingStream i, http::ResponseReader r) : in(std::move(i)), reader(std::move(r)) {}
  IncomingStream in;
  std::optional<http::ResponseReader> reader;
  FrameReader frames;
  trust::ContentHasher hasher;
  std::optional<trust::Commitment> logged;  // the verified prefix
  std::uint64_t receipted = 0;
  std::chrono::steady_clock::time_point receipted_at = std::chrono::steady_clock::now();
};

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

async::Task<Result<StreamFrame>> next_frame(std::shared_ptr<Receiving> r) {
  for (;;) {
    auto frame = r->frames.next();
    if (!frame) co_return fail(frame.error());
    if (*frame) co_return std::move(**frame);
    auto octets = co_await r->reader->read(kReadAtOnce);
    if (!octets) co_return fail(octets.error());
    if (octets->empty()) co_return fail(Code::Truncated, "the stream broke without its end");
    if (auto fed = r->frames.feed(*octets); !fed) co_return fail(fed.error());
  }
}

bool receipt_due(const Receiving& r, std::uint64_t bytes) {
  return bytes - r.receipted >= kReceiptBytes || std::chrono::steady_clock::now() - r.receipted_at >= kReceiptTime;
}

// Passes windows on until the verified end; answers it, or why the stream broke.
async::Task<Result<CheckedStatement>> pass_on(std::shared_ptr<Receiving> r, http::BodySink* sink) {
  for (;;) {
    auto frame = co_await next_frame(r);
    if (!frame) co_return fail(frame.error());
    const auto own = r->in.parts.transfers.find_own(r->in.transfer->consumer_pid);
    if (!own || !own->serves) co_return fail(Code::TransferNotStarted, "the transfer ended here");
    auto envelope = trust::decode_envelope(frame->envelope);
    if (!envelope) co_return fail(envelope.error());
    const bool end = frame->chunk.empty();
    const auto kind = end ? trust::StatementKind::StreamEnd : trust::StatementKind::StreamHead;
    auto checked = co_await r->in.parts.certificates.check_envelope(r->in.peer, std::move(*envelope), kind,
                                                                    async::Deadline::in(kCheckTime));
    if (!checked) co_return fail(checked.error());
    if (end) {
      if (auto fits = check_window(*r, checked->statement, r->logged); !fits) {
        // A head may be durable whose chunk was held back by the cut: then the end states it, and it is "at most this".
        const auto stated = checked->statement.integer("chunks");
        const std::uint64_t have = r->logged ? r->logged->chunks : 0;
        if (checked->statement.text("reason") == "COMPLETE" || stated != have + 1) co_return fail(fits.error());
      }
      co_return std::move(*checked);
    }
    if (auto added = r->hasher.add_chunk(as_bytes(frame->chunk)); !added) co_return fail(added.error());
    const std::optional<trust::Commitment> prefix = r->hasher.finish(r->in.salt);
    if (auto fits = check_window(*r, checked->statement, prefix); !fits) co_return fail(fits.error());
    std::optional<ReceiptFacts> facts;
    if (receipt_due(*r, prefix->bytes)) {
      facts.emplace();
      facts->outcome = "verified";
      facts->commitment = prefix;
      r->receipted = prefix->bytes;
      r->receipted_at = std::chrono::steady_clock::now();
    }
    auto kept = co_await r->in.closer.stream_head(r->in.intent, std::move(*checked), std::move(facts));
    if (!kept) co_return fail(kept.error());
    r->logged = prefix;
    auto passed = co_await sink->write(std::move(frame->chunk));
    if (!passed) co_return fail(passed.error());
  }
}

async::Task<Status> receive(std::shared_ptr<Receiving> r, http::BodySink* sink) {
  r->reader->extend(async::Deadline::in(kSilence));
  auto end = co_await pass_on(r, sink);
  r->reader.reset();  // before the receipt: nothing comes late
  ReceiptFacts facts;
  facts.commitment = r->logged;
  facts.salt = r->in.salt;
  std::optional<CheckedStatement> last;
  std::string reason;
  if (end) {
    reason = end->statement.text("reason").value_or("");
    last = std::move(*end);
  } else {
    reason = std::string(end.error().name());
    log_warn("stream.broke", {{"exchange", to_text(r->in.intent.exchange)}, {"why", end.error().chain()}});
  }
  const bool complete = end && reason == "COMPLETE" && r->logged;
  facts.outcome = complete ? "verified" : "partial";
  if (!complete) facts.reason = reason;
  auto closed = co_await r->in.closer.stream_ended(r->in.intent, r->in.open, std::move(last), std::move(facts));
  r->in.running.reset();
  if (!closed) co_return fail(closed.error());
  if (!complete) co_return fail(Code::Cancelled, "the stream ended: " + reason);
  co_return Status();
}

}  // namespace

std::function<async::Task<Status>(http::BodySink&)> received_stream(IncomingStream stream,
                                                                    http::ResponseReader reader) {
  auto r = std::make_shared<Receiving>(std::move(stream), std::move(reader));
  return [r](http::BodySink& sink) { return receive(r, &sink); };
}

}  // namespace sekisho::node
