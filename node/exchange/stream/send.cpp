#include "node/exchange/stream/send.hpp"

#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "node/exchange/keys.hpp"
#include "node/exchange/steps/authorize.hpp"
#include "node/exchange/stream/frame.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kReadBytes = 1U << 20;
constexpr std::size_t kReadRecords = 16'384;
constexpr std::chrono::milliseconds kGuardTick{100};
constexpr std::chrono::milliseconds kEndPatience{600};  // for the sealed end after a cut; then the connection is reset
constexpr std::chrono::milliseconds kCreditTick{10};
constexpr std::chrono::seconds kReadTime{30};
constexpr std::string_view kComplete = "COMPLETE";

struct Sending {
  Sending(ExchangeParts p, Crossing c, std::unique_ptr<connectors::Reader> r)
      : parts(p), crossing(std::move(c)), rest(std::move(r)), window(limits), credit(limits) {}
  ExchangeParts parts;
  Crossing crossing;
  std::unique_ptr<connectors::Reader> rest;
  StreamLimits limits;
  ReleaseWindow window;
  ReceiptCredit credit;
  trust::ContentHasher hasher;
  std::optional<trust::Commitment> said;  // by the last head
  Digest open{};
  bool withdrawn = false;  // a record said so: what came before it still leaves
  bool offered = false;    // the offer was there when the stream began
  std::shared_ptr<RunningStream> running;
};

SteadyPoint steady_now() { return std::chrono::steady_clock::now(); }

// What ends the right to this stream now; nullopt while it stands.
std::optional<std::string> lost_right(const Sending& s) {
  const auto transfer = s.parts.transfers.find(s.crossing.request.transfer);
  if (!transfer || !transfer->serves) return std::string(Error(Code::TransferNotStarted, "").name());
  const AgreementRecord& agreement = *s.crossing.transfer->agreement;
  // The permission itself may end meanwhile. Its own use was counted when the stream began.
  policy::DecisionInput facts = steps::decision_facts(s.parts, s.crossing);
  facts.used = 0;
  const policy::Program& program = agreement.agreement->program;
  const policy::Decision decision = policy::decide(program, facts);
  if (!decision.permit) return std::string(policy::denial(program, decision).name());
  const auto catalog = s.parts.catalog.state();
  if (s.offered && (!catalog || !catalog->offer(agreement.offer)))
    return std::string(Error(Code::OfferUnknown, "").name());
  if (s.crossing.request.connection) {
    const auto peer = s.parts.trust.identify(s.crossing.request.connection->chain_der, trust::Use::TlsClient);
    if (!peer) return std::string(peer.error().name());
  }
  return std::nullopt;
}

async::Task<void> guard(std::shared_ptr<Sending> s) {
  while (!s->running->done) {
    co_await async::sleep_for(kGuardTick);
    if (s->running->done) co_return;
    if (!s->running->cause()) {
      if (auto lost = lost_right(*s)) s->running->cancel(std::move(*lost));
    }
    if (!s->running->cause()) continue;
    if (s->rest) s->rest->cancel();
    co_await async::sleep_for(kEndPatience);
    if (s->running->abort) s->running->abort();
    co_return;
  }
}

std::vector<std::pair<Dimension, std::string>> found_by(const Sending& s) {
  const TransferRecord& transfer = *s.crossing.transfer;
  return {{Dimension::Counterparty, transfer.peer_did},
          {Dimension::Dataset, transfer.agreement->dataset},
          {Dimension::Purpose, transfer.purpose},
          {Dimension::Transfer, transfer.provider_pid}};
}

void state_prefix(trust::Draft& draft, const std::string& exchange, const trust::Commitment& prefix) {
  draft.members["bytes"] = static_cast<std::int64_t>(prefix.bytes);
  draft.members["chunks"] = static_cast<std::int64_t>(prefix.chunks);
  draft.members["commitment"] = to_hex(prefix.value);
  draft.subject.push_back(trust::Subject{exchange, prefix.value});
}

trust::Draft draft_of(trust::StatementKind kind, const Digest& agreement, const Digest& open,
                      const std::string& exchange) {
  trust::Draft draft;
  draft.kind = kind;
  draft.agreement = agreement;
  draft.members["of"] = to_hex(open);
  draft.members["exchange"] = exchange;
  return draft;
}

Unit head_unit(const Sending& s, const trust::Commitment& prefix) {
  const std::string exchange = to_text(s.crossing.exchange);
  auto draft = draft_of(trust::StatementKind::StreamHead, s.crossing.transfer->agreement->digest, s.open, exchange);
  state_prefix(draft, exchange, prefix);
  Unit unit;
  unit.entries.push_back(
      EntryDraft{pb::STREAM_HEAD_OUT, s.crossing.exchange, std::move(draft), std::nullopt, found_by(s)});
  return unit;
}

// What is said of the end opens the exchange to its receipt, unless that is here already.
Unit end_unit(const Digest& agreement, const Digest& open, const Uuid& exchange, std::string_view reason,
              const std::optional<trust::Commitment>& said, bool receipted,
              std::vector<std::pair<Dimension, std::string>> tokens) {
  const std::string text = to_text(exchange);
  auto draft = draft_of(trust::StatementKind::StreamEnd, agreement, open, text);
  draft.members["reason"] = std::string(reason);
  if (said) state_prefix(draft, text, *said);
  Unit unit;
  unit.entries.push_back(EntryDraft{pb::STREAM_END_OUT, exchange, std::move(draft), std::nullopt, std::move(tokens)});
  unit.mutations.push_back(Mutation{Family::Exchange, stream_row(exchange), std::nullopt});
  if (!receipted) {
    unit.derive = [agreement, exchange](const std::vector<CommittedEntry>& entries, std::vector<Mutation>& out) {
      out.push_back(
          Mutation{Family::Exchange, OpenExchanges::row_key(agreement, exchange), to_bytes(be64(entries[0].position))});
    };
  }
  return unit;
}

Bytes envelope_of(CommittedEntry& entry) {
  return trust::encode_envelope(trust::Envelope{std::move(entry.payload), std::move(entry.seal)});
}

// One batch of the source, shaped into the window.
async::Task<Status> pull(std::shared_ptr<Sending> s) {
  const connectors::Credits credits{kReadRecords, kReadBytes, async::Deadline::in(kReadTime)};
  auto batch = co_await s->rest->read(credits);
  if (!batch) co_return fail(batch.error());
  policy::Shaped shaped;
  if (auto done = s->crossing.shaper->shape_into(as_bytes(batch->content), shaped); !done) co_return done;
  s->window.add(shaped.body, steady_now());
  s->withdrawn = shaped.ended;
  if (batch->end || s->withdrawn) {
    s->rest.reset();
    s->window.end();
  }
  co_return Status();
}

// Sends windows until something ends the stream; answers the reason.
async::Task<std::string> send_windows(std::shared_ptr<Sending> s, http::BodySink* sink) {
  for (;;) {
    if (auto cause = s->running->cause()) co_return *cause;
    s->credit.receipted(s->running->receipted(), steady_now());
    if (s->credit.overdue(steady_now())) co_return std::string(Error(Code::OpenExchanges, "").name());
    if (!s->credit.may_send()) {
      co_await async::sleep_for(kCreditTick);
      continue;
    }
    if (s->window.over()) {
      co_return s->withdrawn ? std::string(Error(Code::ConsentWithdrawn, "").name()) : std::string(kComplete);
    }
    if (!s->window.ready(steady_now())) {
      auto pulled = co_await pull(s);
      if (!pulled) {
        log_warn("stream.source", {{"exchange", to_text(s->crossing.exchange)}, {"error", pulled.error().chain()}});
        co_return s->running->cause().value_or(std::string(pulled.error().name()));
      }
      continue;
    }
    const std::string chunk = s->window.take(steady_now());
    if (auto added = s->hasher.add_chunk(as_bytes(chunk)); !added) co_return std::string(added.error().name());
    const trust::Commitment prefix = s->hasher.finish(s->crossing.salt);
    Unit unit = head_unit(*s, prefix);
    auto head = co_await s->parts.journal.commit(std::move(unit));
    if (!head) co_return std::string(head.error().name());
    s->said = prefix;
    if (auto cause = s->running->cause()) co_return *cause;
    std::string frame = encode_frame(chunk, envelope_of(head->entries[0]));
    auto sent = co_await sink->write(std::move(frame));
    if (!sent) {
      // The connection may have been taken away before the guard saw why.
      if (auto cause = s->running->cause()) co_return *cause;
      co_return lost_right(*s).value_or(std::string(sent.error().name()));
    }
    s->credit.sent(prefix.bytes, steady_now());
  }
}

async::Task<Status> send_stream(std::shared_ptr<Sending> s, http::BodySink* sink) {
  const Uuid exchange = s->crossing.exchange;
  const Digest agreement = s->crossing.transfer->agreement->digest;
  s->running = s->parts.streams.open(exchange);
  s->running->abort = [sink] { sink->abort(); };
  auto executor = co_await async::current_executor();
  async::spawn(executor, guard(s), "stream guard");
  const std::string reason = co_await send_windows(s, sink);
  if (s->rest) s->rest->cancel();
  const auto receipted = s->parts.storage.get(Family::Exchange, receipt_claim(s->open));
  const bool known = receipted && receipted->has_value();
  Unit unit = end_unit(agreement, s->open, exchange, reason, s->said, known, found_by(*s));
  if (!known) (void)s->parts.open.opened(agreement, exchange, s->parts.clock.now());
  auto ended = co_await s->parts.journal.commit(std::move(unit));
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
  s->running->abort = nullptr;
  s->parts.streams.close(exchange);
  if (done && reason != kComplete) done = fail(Code::Cancelled, "the stream was cut: " + reason);
  co_return done;
}

}  // namespace

std::function<async::Task<Status>(http::BodySink&)> stream_body(ExchangeParts parts, Crossing crossing,
                                                                std::unique_ptr<connectors::Reader> rest) {
  auto s = std::make_shared<Sending>(parts, std::move(crossing), std::move(rest));
  s->open = trust::statement_id(s->crossing.release.payload);
  const auto catalog = parts.catalog.state();
  s->offered = catalog && catalog->offer(s->crossing.transfer->agreement->offer) != nullptr;
  s->window.add(s->crossing.shaped.body, steady_now());
  s->withdrawn = s->crossing.shaped.ended;
  s->crossing.shaped = {};
  if (!s->rest) s->window.end();
  return [s](http::BodySink& sink) { return send_stream(s, &sink); };
}

Status end_crashed_streams(const ExchangeParts& parts) {
  std::vector<Position> open;
  const auto scanned = parts.storage.scan(Family::Exchange, {}, as_bytes("stream"), [&](BytesView, BytesView value) {
    open.push_back(read_be64(value));
    return true;
  });
  if (!scanned) return fail(scanned.error());
  const LogReader& reader = parts.journal.reader();
  for (const Position at : open) {
    const auto entry = reader.entry(at);
    if (!entry) return fail(entry.error());
    const auto opening = trust::parse_statement(entry->entry.payload());
    if (!opening || !opening->agreement || !opening->exchange())
      return fail(Code::DatabaseDamaged, "an open stream cannot be read");
    const auto newest = reader.find(pb::STREAM_HEAD_OUT, *opening->exchange());
    if (!newest) return fail(newest.error());
    std::optional<trust::Commitment> said;
    if (*newest) {
      const auto head_entry = reader.entry(**newest);
      if (!head_entry) return fail(head_entry.error());
      const auto head = trust::parse_statement(head_entry->entry.payload());
      if (!head) return fail(Code::DatabaseDamaged, "a head of a stream cannot be read", head.error());
      said = trust::Commitment{head->digest("commitment").value_or(Digest{}), head->integer("bytes").value_or(0),
                               head->integer("chunks").value_or(0)};
    }
    const auto receipted = parts.storage.get(Family::Exchange, receipt_claim(opening->id));
    if (!receipted) return fail(receipted.error());
    const auto ended = parts.journal.commit_blocking(
        end_unit(*opening->agreement, opening->id, *opening->exchange(), "CRASH", said, receipted->has_value(), {}));
    if (!ended) return fail(ended.error());
    log_warn("stream.ended", {{"exchange", to_text(*opening->exchange())}, {"reason", "CRASH"}});
  }
  return {};
}

}  // namespace sekisho::node
