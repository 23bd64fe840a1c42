#include <algorithm>

#include "base/core/log.hpp"
#include "node/exchange/stream/positions.hpp"
#include "node/exchange/stream/sending.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kReadBytes = 1U << 20;
constexpr std::size_t kReadRecords = 16'384;
constexpr std::chrono::seconds kReadTime{30};

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

// One batch of the source, shaped into the window.
Status take_in(Sending& s, const connectors::Batch& batch) {
  if (s.crossing.opaque) {
    add(s, batch.content);
    return {};
  }
  if (batch.records == 0 && !batch.content.empty()) return fail(Code::SourceFailed, "octets from a source of records");
  policy::Shaped shaped;
  if (auto done = s.crossing.shaper->shape_into(as_bytes(batch.content), shaped); !done) return done;
  add(s, shaped.body);
  s.withdrawn = shaped.ended;
  return {};
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
    auto batch = co_await s->rest->read(credits);
    if (s->over) break;
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
  s->rest.reset();
  s->window.end();
  s->bells->filled.set();
}

}  // namespace sekisho::node
