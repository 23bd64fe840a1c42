#include "node/exchange/steps/fetch.hpp"

#include "node/exchange/sources.hpp"
#include "node/exchange/stream/positions.hpp"

namespace sekisho::node::steps {
namespace {

constexpr std::size_t kBatchRecords = 4096;
constexpr std::size_t kBatchBytes = 1U << 20;
// A batch, and what was shaped before it.
constexpr std::uint64_t kRecordBytes = kBatchBytes + trust::kChunkBytes;
// Two windows that fill, a batch, four windows on their way, and the frame that is being written.
constexpr std::uint64_t kStreamBytes = 8ULL << 20;

Status take_in(Crossing& crossing, const connectors::Batch& batch) {
  if (crossing.opaque) {
    crossing.shaped.body += batch.content;
    return {};
  }
  if (batch.records == 0 && !batch.content.empty()) return fail(Code::SourceFailed, "octets from a source of records");
  return crossing.shaper->shape_into(as_bytes(batch.content), crossing.shaped);
}

// What the source says of the stream that is read, the first one.
async::Task<Status> look(connectors::Connector& connector, Crossing& crossing) {
  auto streams = co_await connector.discover(crossing.request.deadline);
  if (!streams) co_return fail(streams.error());
  if (streams->empty()) co_return fail(Code::SourceFailed, "the source has no stream");
  crossing.opaque = !streams->front().records;
  crossing.live = streams->front().endless;
  if (!streams->front().cursor_kind.empty()) {
    crossing.marks.push_back(StreamMark{0, crossing.resume ? crossing.resume->point : StreamPoint{}});
  } else if (crossing.resume) {
    co_return fail(Code::Conflict, "the source cannot go on where a stream ended");
  }
  // Refused when it was offered; the source may be another since.
  if (crossing.opaque && (crossing.transfer->agreement->view || crossing.shaper->has_schema()))
    co_return fail(Code::ViewError, "neither view nor schema can be applied to opaque octets");
  co_return Status();
}

}  // namespace

async::Task<Result<std::unique_ptr<connectors::Reader>>> fetch(const ExchangeParts& parts, Crossing& crossing) {
  auto connector = parts.sources.find(crossing.transfer->agreement->source);
  if (!connector) co_return fail(connector.error());
  auto held = parts.budget.take(crossing.request.peer.did, kRecordBytes + (*connector)->holds());
  if (!held) co_return fail(held.error());
  crossing.held = std::move(*held);
  auto known = co_await look(**connector, crossing);
  if (!known) co_return fail(known.error());
  connectors::OpenRequest from;
  if (crossing.resume) from.cursor = crossing.resume->point.cursor;
  from.reader = reader_of(crossing.transfer->agreement->digest);
  auto reader = co_await (*connector)->open(std::move(from), crossing.request.deadline);
  if (!reader) co_return fail(reader.error());
  crossing.streams = crossing.live || crossing.resume || crossing.pushed;
  while (!crossing.streams) {
    const connectors::Credits credits{kBatchRecords, kBatchBytes, crossing.request.deadline};
    auto batch = co_await (*reader)->read(credits);
    if (!batch) co_return fail(batch.error());
    auto taken = take_in(crossing, *batch);
    if (!taken) co_return fail(taken.error());
    mark(crossing.marks, crossing.shaped.body.size(), StreamPoint{std::move(batch->cursor), 0});
    crossing.streams = crossing.shaped.body.size() > trust::kChunkBytes;
    if (batch->idle) {  // its end is not near: what comes is told window by window
      crossing.streams = crossing.live = true;
      break;
    }
    // A record whose consent is withdrawn ends what may be released: nothing behind it is looked at.
    if (!batch->end && !crossing.shaped.ended) continue;
    reader->reset();
    break;
  }
  const std::uint64_t holds = crossing.streams ? kStreamBytes + (*connector)->holds() : crossing.shaped.body.size();
  const Status fits = crossing.held->resize(holds);
  if (!fits) co_return fail(fits.error());
  co_return std::move(*reader);
}

}  // namespace sekisho::node::steps
