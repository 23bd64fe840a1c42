#include "node/exchange/steps/fetch.hpp"

namespace sekisho::node::steps {
namespace {

constexpr std::size_t kBatchRecords = 4096;
constexpr std::size_t kBatchBytes = 1U << 20;

}  // namespace

async::Task<Result<std::unique_ptr<connectors::Reader>>> fetch(const ExchangeParts& parts, Crossing& crossing) {
  auto connector = parts.sources.find(crossing.transfer->agreement->source);
  if (!connector) co_return fail(connector.error());
  auto reader = co_await (*connector)->open(crossing.request.deadline);
  if (!reader) co_return fail(reader.error());
  while (crossing.shaped.body.size() <= trust::kChunkBytes) {
    const connectors::Credits credits{kBatchRecords, kBatchBytes, crossing.request.deadline};
    auto batch = co_await (*reader)->read(credits);
    if (!batch) co_return fail(batch.error());
    // An endless source that is idle until the request's deadline has nothing to answer it with.
    if (batch->idle && crossing.request.deadline.expired()) {
      co_return fail(Code::SourceTimeout, "the source had nothing in time");
    }
    auto shaped = crossing.shaper->shape_into(as_bytes(batch->content), crossing.shaped);
    if (!shaped) co_return fail(shaped.error());
    // A record whose consent is withdrawn ends what may be released: nothing behind it is looked at.
    if (!batch->end && !crossing.shaped.ended) continue;
    reader->reset();
    break;
  }
  crossing.streams = crossing.shaped.body.size() > trust::kChunkBytes;
  co_return std::move(*reader);
}

}  // namespace sekisho::node::steps
