#include "base/async/timer.hpp"
#include "node/exchange/steps/authorize.hpp"
#include "node/exchange/stream/sending.hpp"
#include "node/identity/absent_peer.hpp"

namespace sekisho::node {
namespace {

constexpr std::chrono::milliseconds kGuardTick{100};
constexpr std::chrono::milliseconds kEndPatience{600};  // for the sealed end after a cut; then the connection is reset

std::string name_of(Code code) { return std::string(code_info(code).name); }

std::optional<std::string> cut_cause(const Sending& s, const http::BodySink& sink) {
  if (auto lost = lost_right(s)) return lost;
  if (s.credit.overdue(steady_now())) return name_of(Code::OpenExchanges);
  if (sink.gone()) return name_of(Code::Connection);
  return std::nullopt;
}

// Of a push no connection proves who the consumer is: the snapshot says whether it still is one, and whether who
// ordered the push may still be believed.
std::optional<std::string> lost_peer(const ExchangeParts& parts, const Crossing& crossing) {
  const TransferRecord& transfer = *crossing.transfer;
  const auto trusted = parts.trust.current();
  if (!trusted || !trusted->in_time(parts.clock.now())) return name_of(Code::SnapshotStale);
  const trust::NodeRecord* node = trusted->node(transfer.peer_dns);
  // A node that moved to another zone is not the recipient that the policy was asked about.
  if (node == nullptr || node->did != transfer.peer_did || node->zone != transfer.peer_zone)
    return std::string(absent_peer(trusted.get(), transfer.peer_dns).name());
  const auto signer = trusted->judge(crossing.signer, trust::Use::Statement, parts.clock.now());
  if (!signer) return std::string(signer.error().name());
  return std::nullopt;
}

}  // namespace

std::optional<std::string> lost_right(const ExchangeParts& parts, const Crossing& crossing) {
  // Its own use was counted when the stream began.
  if (const auto right = steps::authorize_again(parts, crossing, 0); !right) return std::string(right.error().name());
  if (crossing.pushed) {
    const auto dataset = parts.catalog.state()->dataset(crossing.transfer->agreement->dataset);
    if (!dataset || !dataset->object.push) return name_of(Code::PushRefused);
    return lost_peer(parts, crossing);
  }
  return std::nullopt;
}

async::Task<void> guard(std::shared_ptr<Sending> s, http::BodySink* sink) {
  while (!s->running->done) {
    co_await async::sleep_for(kGuardTick);
    if (s->running->done) co_return;
    if (!s->running->cause()) {
      // When all is sealed nobody else looks how far the other side came.
      s->credit.receipted(s->running->receipted(), steady_now());
      if (auto cause = cut_cause(*s, *sink)) s->running->cancel(std::move(*cause));
    }
    if (!s->running->cause()) continue;
    if (s->rest && s->reading) s->rest->cancel();
    s->bells->ring();
    co_await async::sleep_for(kEndPatience);
    if (!s->running->done) sink->abort();
    co_return;
  }
}

}  // namespace sekisho::node
