#include "node/exchange/receipt_sender.hpp"

#include <algorithm>
#include <atomic>

#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "base/core/log.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kPrefix = "rcpt/";
constexpr std::size_t kBatch = 256;
constexpr std::chrono::milliseconds kLinger{5};
constexpr std::chrono::milliseconds kFirstPause{200};
constexpr std::chrono::milliseconds kLongestPause{30'000};

struct Waiting {
  Digest receipt{};
  Bytes envelope;
};

}  // namespace

struct ReceiptSender::State {
  State(async::Executor e, PeerChannel& p, Journal& j) : executor(std::move(e)), peers(p), journal(j) {}
  async::Executor executor;
  PeerChannel& peers;
  Journal& journal;
  std::atomic<bool> stopped{false};
  struct Lane {
    std::deque<Waiting> queue;
    bool running = false;
  };
  std::map<std::string, Lane> lanes;
};

Bytes receipt_row(std::string_view provider_dns, const Digest& receipt) {
  Bytes key = to_bytes(kPrefix);
  append(key, provider_dns);
  key.push_back(0);
  append(key, receipt);
  return key;
}

ReceiptSender::ReceiptSender(async::Executor executor, PeerChannel& peers, Journal& journal, const Storage& storage)
    : state_(std::make_shared<State>(std::move(executor), peers, journal)), storage_(storage) {}

ReceiptSender::~ReceiptSender() { stop(); }

void ReceiptSender::stop() { state_->stopped = true; }

void ReceiptSender::enqueue(const std::string& provider_dns, const Digest& receipt, Bytes envelope) {
  async::post(state_->executor, [state = state_, provider_dns, receipt, envelope = std::move(envelope)]() mutable {
    State::Lane& lane = state->lanes[provider_dns];
    lane.queue.push_back(Waiting{receipt, std::move(envelope)});
    if (lane.running || state->stopped) return;
    lane.running = true;
    async::spawn(state->executor, run(state, provider_dns), "receipts");
  });
}

Status ReceiptSender::start() {
  Status fault;
  const auto scanned = storage_.scan(Family::Outbox, {}, as_bytes(kPrefix), [&](BytesView key, BytesView value) {
    const std::string_view rest = as_text(key).substr(kPrefix.size());
    const auto end = rest.find('\0');
    if (end == std::string_view::npos || rest.size() != end + 1 + sizeof(Digest)) {
      fault = fail(Code::DatabaseDamaged, "a receipt's row in the outbox is malformed");
      return false;
    }
    Digest receipt;
    std::copy_n(key.end() - static_cast<std::ptrdiff_t>(receipt.size()), receipt.size(), receipt.begin());
    enqueue(std::string(rest.substr(0, end)), receipt, to_bytes(value));
    return true;
  });
  if (!scanned) return fail(scanned.error());
  return fault;
}

async::Task<void> ReceiptSender::run(std::shared_ptr<State> state, std::string provider) {
  std::chrono::milliseconds pause = kFirstPause;
  for (;;) {
    co_await async::sleep_for(kLinger);
    State::Lane& lane = state->lanes[provider];
    if (state->stopped || lane.queue.empty()) {
      lane.running = false;
      co_return;
    }
    const std::size_t n = std::min(kBatch, lane.queue.size());
    JsonArray receipts;
    for (std::size_t i = 0; i < n; ++i) receipts.push_back(Json(to_base64url(lane.queue[i].envelope)));
    PeerRequest request;
    request.dns = provider;
    request.method = "POST";
    request.target = "/sekisho/v1/receipts";
    request.body = to_text(Json(JsonObject{{"receipts", std::move(receipts)}}));
    request.deadline = async::Deadline::in(std::chrono::seconds(15));
    const auto answer = co_await state->peers.send(std::move(request));
    if (!answer || answer->status != 200) {
      log_warn("receipts.delayed", {{"provider", provider},
                                    {"waiting", std::to_string(lane.queue.size())},
                                    {"why", answer ? "status " + std::to_string(answer->status) : answer.error().chain()}});
      co_await async::sleep_for(pause);
      pause = std::min(pause * 2, kLongestPause);
      continue;
    }
    pause = kFirstPause;
    // Whatever the verdict on each, repeating it would not change it; an invalid one is the operator's to see.
    if (answer->body.find("\"invalid\"") != std::string::npos) {
      log_error("receipts.refused", {{"provider", provider}, {"answer", answer->body.substr(0, 2000)}});
    }
    Unit unit;
    for (std::size_t i = 0; i < n; ++i) {
      unit.mutations.push_back(Mutation{Family::Outbox, receipt_row(provider, lane.queue[i].receipt), std::nullopt});
    }
    lane.queue.erase(lane.queue.begin(), lane.queue.begin() + static_cast<std::ptrdiff_t>(n));
    const auto deleted = co_await state->journal.commit(std::move(unit));
    if (!deleted) log_warn("receipts.rows_kept", {{"provider", provider}, {"why", deleted.error().chain()}});
  }
}

}  // namespace sekisho::node
