#include "node/dataspace/deadlines.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "base/async/spawn.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kAtOnce = 16;

}  // namespace

std::optional<std::chrono::milliseconds> patience_for(policy::NegotiationState state, const Patience& patience) {
  switch (state) {
    case policy::NegotiationState::Requested: return patience.requested;
    case policy::NegotiationState::Offered: return patience.offered;
    case policy::NegotiationState::Accepted: return patience.accepted;
    case policy::NegotiationState::Agreed: return patience.agreed;
    case policy::NegotiationState::Verified: return patience.verified;
    default: return std::nullopt;
  }
}

std::optional<std::chrono::milliseconds> patience_for(policy::TransferState state, const Patience& patience) {
  return state == policy::TransferState::Requested ? std::optional(patience.transfer) : std::nullopt;
}

struct DeadlineWatch::State : std::enable_shared_from_this<DeadlineWatch::State> {
  async::Executor executor;
  const Clock& clock;
  Pacer& pacer;
  Due due;

  mutable std::mutex mutex;
  std::set<std::pair<Instant, std::string>> waiting;
  std::map<std::string, Instant> at;
  // When sleepers wake. A new one sleeps only towards an earlier moment than all others, so there are never more than
  // there are different patiences.
  std::multiset<Instant> sleepers;
  std::deque<std::string> ready;
  std::size_t running = 0;
  bool started = false;
  bool stopped = false;

  State(async::Executor e, const Clock& c, Pacer& p, Due d) : executor(std::move(e)), clock(c), pacer(p), due(std::move(d)) {}

  void put(const std::string& pid, std::optional<Instant> when) {
    const auto found = at.find(pid);
    if (found != at.end()) {
      waiting.erase({found->second, pid});
      at.erase(found);
    }
    if (!when) return;
    at.emplace(pid, *when);
    waiting.emplace(*when, pid);
  }

  // Under the lock. The moment that a new sleeper must sleep towards, if one is needed.
  std::optional<Instant> arm() {
    if (!started || stopped || waiting.empty()) return std::nullopt;
    const Instant first = waiting.begin()->first;
    if (!sleepers.empty() && *sleepers.begin() <= first) return std::nullopt;
    sleepers.insert(first);
    return first;
  }

  void sleep(std::optional<Instant> until) {
    if (until) async::spawn(executor, sleeper(shared_from_this(), *until), "deadlines");
  }

  static async::Task<void> sleeper(std::shared_ptr<State> self, Instant until) {
    const Instant now = self->clock.now();
    const auto span = std::chrono::ceil<std::chrono::milliseconds>(until - now);
    if (span.count() > 0) co_await self->pacer.pause(span);
    std::optional<Instant> next;
    {
      const std::lock_guard lock(self->mutex);
      self->sleepers.erase(self->sleepers.find(until));
      if (self->stopped) co_return;
      const Instant woken = self->clock.now();
      while (!self->waiting.empty() && self->waiting.begin()->first <= woken) {
        std::string pid = self->waiting.begin()->second;
        self->put(pid, std::nullopt);
        self->ready.push_back(std::move(pid));
      }
      next = self->arm();
    }
    self->sleep(next);
    work(self);
  }

  static void work(const std::shared_ptr<State>& self) {
    for (;;) {
      std::string pid;
      {
        const std::lock_guard lock(self->mutex);
        if (self->stopped || self->ready.empty() || self->running >= kAtOnce) return;
        pid = std::move(self->ready.front());
        self->ready.pop_front();
        ++self->running;
      }
      async::spawn(self->executor, one(self, std::move(pid)), "overdue");
    }
  }

  static async::Task<void> one(std::shared_ptr<State> self, std::string pid) {
    const std::optional<Instant> again = co_await self->due(pid);
    std::optional<Instant> next;
    {
      const std::lock_guard lock(self->mutex);
      --self->running;
      if (again && !self->stopped && !self->at.contains(pid)) self->put(pid, again);
      next = self->arm();
    }
    self->sleep(next);
    work(self);
  }
};

DeadlineWatch::DeadlineWatch(async::Executor executor, const Clock& clock, Pacer& pacer, Due due)
    : state_(std::make_shared<State>(std::move(executor), clock, pacer, std::move(due))) {}

DeadlineWatch::~DeadlineWatch() { stop(); }

void DeadlineWatch::set(const std::string& pid, std::optional<Instant> at) {
  std::optional<Instant> next;
  {
    const std::lock_guard lock(state_->mutex);
    state_->put(pid, at);
    next = state_->arm();
  }
  state_->sleep(next);
}

void DeadlineWatch::start() {
  std::optional<Instant> next;
  {
    const std::lock_guard lock(state_->mutex);
    state_->started = true;
    const Instant grace = state_->clock.now() + kSoon;
    std::vector<std::string> late;
    for (const auto& [when, pid] : state_->waiting) {
      if (when >= grace) break;
      late.push_back(pid);
    }
    for (const std::string& pid : late) state_->put(pid, grace);
    next = state_->arm();
  }
  state_->sleep(next);
}

void DeadlineWatch::stop() {
  const std::lock_guard lock(state_->mutex);
  state_->stopped = true;
}

std::size_t DeadlineWatch::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->at.size();
}

}  // namespace sekisho::node
