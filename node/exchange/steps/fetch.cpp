#include "node/exchange/steps/fetch.hpp"

#include <fmt/format.h>

namespace sekisho::node::steps {
namespace {

// A record answer is at most 1 MiB after shaping; before it, rows of other lots may be much more.
constexpr std::size_t kMostSourceBytes = 16U << 20;
constexpr std::size_t kBatchRecords = 4096;
constexpr std::size_t kBatchBytes = 1U << 20;

}  // namespace

async::Task<Status> fetch(const ExchangeParts& parts, Crossing& crossing) {
  const std::string& source = crossing.transfer->agreement->source;
  auto connector = parts.sources.find(source);
  if (!connector) co_return fail(connector.error());
  auto reader = co_await (*connector)->open(crossing.request.deadline);
  if (!reader) co_return fail(reader.error());
  for (bool end = false; !end;) {
    const connectors::Credits credits{kBatchRecords, kBatchBytes, crossing.request.deadline};
    auto batch = co_await (*reader)->read(credits);
    if (!batch) co_return fail(batch.error());
    end = batch->end;
    if (crossing.content.size() + batch->content.size() > kMostSourceBytes) {
      co_return fail(Code::AnswerTooLarge, fmt::format("the source '{}' holds more than {} MiB", source, kMostSourceBytes >> 20));
    }
    if (crossing.content.empty()) {
      crossing.content = std::move(batch->content);
    } else {
      crossing.content += batch->content;
    }
  }
  co_return Status();
}

}  // namespace sekisho::node::steps
