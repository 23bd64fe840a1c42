#include "node/exchange/recovery.hpp"

#include <algorithm>
#include <atomic>
#include <set>

#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/core/log.hpp"
#include "node/dataspace/process.hpp"

namespace sekisho::node {
namespace {

constexpr std::chrono::milliseconds kFirstPause{250};
constexpr std::chrono::milliseconds kLongestPause{15'000};
constexpr std::chrono::milliseconds kSweep{2'000};
constexpr std::chrono::seconds kAskTime{10};

}  // namespace

struct Recovery::State {
  State(async::Executor e, Resolver& r, const Storage& s, RunningExchanges& all)
      : executor(std::move(e)), resolver(r), storage(s), running(all) {}
  async::Executor executor;
  Resolver& resolver;
  const Storage& storage;
  RunningExchanges& running;
  std::atomic<bool> stopped{false};
};

Recovery::Recovery(async::Executor executor, Resolver& resolver, const Storage& storage, RunningExchanges& running)
    : state_(std::make_shared<State>(std::move(executor), resolver, storage, running)) {}

Recovery::~Recovery() { stop(); }

void Recovery::stop() { state_->stopped = true; }

Status Recovery::start() {
  const auto open = open_intents(state_->storage);
  if (!open) return fail(open.error());
  if (!open->empty()) log_info("recovery.intents", {{"open", open->size()}});
  async::spawn(state_->executor, run(state_), "recovery");
  return {};
}

async::Task<void> Recovery::run(std::shared_ptr<State> state) {
  std::chrono::milliseconds pause = kFirstPause;
  bool first = true;
  bool delayed = false;
  while (!state->stopped) {
    // An idle node does not search its database again and again.
    if (!std::exchange(first, false) && !delayed && !state->running.take_ended()) {
      co_await async::sleep_for(kSweep);
      continue;
    }
    const auto open = open_intents(state->storage);
    if (!open) {
      log_error("recovery.failed", open.error());
      co_return;
    }
    delayed = false;
    std::set<std::string> away;  // one that cannot be reached does not hold up the others
    for (const OpenIntent& intent : *open) {
      if (state->stopped) co_return;
      if (state->running.contains(intent.exchange) || away.contains(intent.provider_dns)) continue;
      const auto closed = co_await state->resolver.close(intent, "lost", "RECOVERED", async::Deadline::in(kAskTime));
      if (closed) {
        log_info("recovery.closed", {{"exchange", to_text(intent.exchange)}, {"outcome", *closed}});
      } else {
        delayed = true;
        if (transient(closed.error().code)) away.insert(intent.provider_dns);
        log_warn("recovery.delayed", {{"exchange", to_text(intent.exchange)}, {"why", closed.error().chain()}});
      }
    }
    pause = delayed ? std::min(pause * 2, kLongestPause) : kSweep;
    co_await async::sleep_for(pause);
    if (!delayed) pause = kFirstPause;
  }
}

}  // namespace sekisho::node
