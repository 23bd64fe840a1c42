#include "node/exchange/push/sink.hpp"

#include "base/core/log.hpp"

namespace sekisho::node {
namespace {

constexpr std::uint64_t kRecordBytes = 16U << 20;
constexpr std::chrono::seconds kRecordTime{10};

}  // namespace

async::Task<Status> PushSink::write(std::string frame) {
  Status fed = frames_.feed(frame);
  if (!fed) co_return fed;
  frame.clear();
  for (;;) {
    auto next = frames_.next();
    if (!next) co_return fail(next.error());
    if (!*next) co_return Status();
    if ((*next)->chunk.empty()) continue;
    auto part = std::make_shared<PushPart>();
    part->exchange = exchange_.exchange;
    part->chunk = taken_.chunks;
    part->offset = taken_.bytes;
    part->content = std::move((*next)->chunk);
    part->head = std::move((*next)->envelope);
    auto delivering = deliver(to_, part, stop_);
    Result<int> status = co_await std::move(delivering);
    if (!status) {
      if (status.error().code != Code::Cancelled) failure_ = status.error();
      co_return fail(status.error());
    }
    ++taken_.chunks;
    taken_.bytes += part->content.size();
    taken_.status = *status;
    parts_.streams.receipted(exchange_.transfer->peer_did, exchange_.exchange, taken_.bytes);
    const auto now = std::chrono::steady_clock::now();
    if (taken_.bytes - recorded_ < kRecordBytes && now - recorded_at_ < kRecordTime) continue;
    recorded_ = taken_.bytes;
    recorded_at_ = now;
    Unit unit = taken_unit(exchange_, taken_, false);
    const auto committed = co_await parts_.journal.commit(std::move(unit));
    if (!committed) log_warn("push.record", committed.error(), {{"exchange", to_text(exchange_.exchange)}});
  }
}

}  // namespace sekisho::node
