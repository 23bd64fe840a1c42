#include <algorithm>

#include "base/core/json_stream.hpp"
#include "base/core/log.hpp"
#include "node/exchange/sources.hpp"
#include "node/exchange/stream/positions.hpp"
#include "node/exchange/stream/sending.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kReadBytes = 1U << 20;
constexpr std::size_t kReadRecords = 16'384;
constexpr std::chrono::seconds kReadTime{30};
constexpr std::chrono::milliseconds kAcknowledgeTime{250};

bool has_room(const Sending& s) {
  if (s.crossing.live) return s.window.held() == 0 && s.line.empty();
  return s.window.held() < 2 * s.limits.window_bytes;
}

// What a resumed stream had before is left out.
void add(Sending& s, std::string_view octets) {
  const std::size_t before = std::min<std::uint64_t>(s.skip, octets.size());
  s.skip -= before;
  octets.remove_prefix(before);
  s.window.add(octets, steady_now());
  s.fed += octets.size();
}

// n counts from 1, as the shaper counts.
std::string_view nth_record(std::string_view ndjson, std::size_t n) {
  LineSplitter lines(ndjson);
  std::string_view line;
  while (n > 0 && lines.next(line)) --n;
  return line;
}

// One batch of the source, shaped into the window.
Status take_in(Sending& s, const connectors::Batch& batch) {
  if (s.crossing.opaque) {
    add(s, batch.content);
    return {};
  }
  if (batch.records == 0 && !batch.content.empty()) return fail(Code::SourceFailed, "octets from a source of records");
  const std::string reader = reader_of(s.crossing.transfer->agreement->digest);
  std::string_view content = batch.content;
  for (;;) {
    policy::Shaped shaped;
    if (auto done = s.crossing.shaper->shape_into(as_bytes(content), shaped); !done) return done;
    add(s, shaped.body);
    if (!shaped.ended) return {};
    const std::string_view record = nth_record(content, shaped.rows_in);
    content.remove_prefix(static_cast<std::size_t>(record.data() + record.size() - content.data()));
    if (content.starts_with('\n')) content.remove_prefix(1);
    PassedOver& passed_over = s.parts.sources.passed_over();
    if (s.crossing.live && passed_over.take(reader, record)) continue;
    s.withdrawn = true;
    s.unsettled = !content.empty();
    if (s.crossing.live && s.unsettled) passed_over.remember(reader, record);
    return {};
  }
}

// Tells the source that all it gave is settled: written, or never to leave. Then what is first with it is what is next.
async::Task<void> settle(std::shared_ptr<Sending> s) {
  if (!s->crossing.live) co_return;
  while (s->written < s->fed && !s->over) {
    s->bells->room.reset();
    co_await s->bells->room.wait();
  }
  if (s->fault || s->unsettled || s->written < s->fed) co_return;
  const auto deadline = async::Deadline::in(kAcknowledgeTime);
  auto told = co_await s->rest->acknowledge(deadline);
  if (!told) log_warn("stream.source", {{"exchange", to_text(s->crossing.exchange)}, {"error", told.error().chain()}});
}

}  // namespace

async::Task<void> feed(std::shared_ptr<Sending> s) {
  while (s->rest && !s->over) {
    s->bells->room.reset();
    if (!has_room(*s)) {
      co_await s->bells->room.wait();
      continue;
    }
    const connectors::Credits credits{kReadRecords, kReadBytes, async::Deadline::in(kReadTime)};
    s->reading = true;
    auto batch = co_await s->rest->read(credits);
    s->reading = false;
    if (s->over) {
      s->unsettled = !batch || batch->records > 0;
      break;
    }
    Status taken;
    if (batch) taken = take_in(*s, *batch);
    if (batch) mark(s->crossing.marks, s->fed, StreamPoint{std::move(batch->cursor), s->skip});
    if (batch && taken && batch->end && s->skip > 0)
      taken = fail(Code::SourceFailed, "the source is shorter than it was");
    if (!batch || !taken) s->fault = batch ? taken.error() : batch.error();
    if (s->fault || batch->end || s->withdrawn) break;
    s->bells->filled.set();
  }
  if (s->fault) {
    log_warn("stream.source", {{"exchange", to_text(s->crossing.exchange)}, {"error", s->fault->chain()}});
  }
  s->window.end();
  s->bells->filled.set();
  co_await settle(s);
  s->rest.reset();
  s->bells->sealed.set();
}

}  // namespace sekisho::node
