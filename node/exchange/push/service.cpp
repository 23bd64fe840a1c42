#include "node/exchange/push/service.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/core/file.hpp"
#include "base/core/limits.hpp"
#include "base/core/log.hpp"
#include "node/exchange/push/rounds.hpp"
#include "node/exchange/push/run.hpp"

namespace sekisho::node {
namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::milliseconds kEndPause{1'000};  // doubles
constexpr unsigned kEndTries = 8;

}  // namespace

Result<PushClients> PushClients::make(const std::vector<PushHost>& hosts) {
  PushClients clients;
  for (const PushHost& host : hosts) {
    std::shared_ptr<http::Client>& client = clients.by_ca_[host.ca.string()];
    if (client) continue;
    http::TlsClientOptions tls;
    tls.ca_pem = "system";
    if (!host.ca.empty()) {
      const auto pem = read_file(host.ca, limits::kCertificateFileBytes);
      if (!pem) return fail(Code::KeyFile, "the roots of 'transfers.push.allow' cannot be read", pem.error());
      tls.ca_pem = std::string(as_text(*pem));
    }
    auto context = http::TlsClientContext::make(std::move(tls));
    if (!context) return fail(Code::KeyFile, "the roots of 'transfers.push.allow' cannot be used", context.error());
    http::ClientOptions options;
    options.tls = std::move(*context);
    client = std::make_shared<http::Client>(std::move(options));
  }
  return clients;
}

std::shared_ptr<http::Client> PushClients::find(const PushHost& host) const { return by_ca_.at(host.ca.string()); }

struct PushService::State {
  State(ExchangeParts p, const PushRules& r, PushClients c, std::vector<async::Executor> e,
        std::shared_ptr<const http::Resolver> n, PushLimits l)
      : clients(std::move(c)),
        resolver(std::move(n)),
        limits(l),
        executors(std::move(e)),
        work{p, r, clients, resolver, limits} {}

  const PushClients clients;
  const std::shared_ptr<const http::Resolver> resolver;
  const PushLimits limits;
  const std::vector<async::Executor> executors;
  const PushWork work;
  std::atomic<bool> stopping{false};

  mutable std::mutex mutex;
  std::condition_variable idle;
  std::map<std::string, bool> runs;  // own process id → whether it was started once more meanwhile
  std::size_t next = 0;              // executor

  // The transfer that is to be pushed now; null when there is nothing to do any more.
  [[nodiscard]] std::shared_ptr<const TransferRecord> wanted(const std::string& pid) const {
    const auto record = work.parts.transfers.find(pid);
    if (stopping || !record || !is_pushing(*record) || work.parts.transfers.held(record->agreement->digest))
      return nullptr;
    return record;
  }
  // Whether the run of this transfer is over; false: it was started again.
  [[nodiscard]] bool leave(const std::string& pid) {
    const std::lock_guard lock(mutex);
    const auto run = runs.find(pid);
    if (run->second && !stopping) {
      run->second = false;
      return false;
    }
    runs.erase(run);
    idle.notify_all();
    return true;
  }
};

namespace {

using StatePointer = std::shared_ptr<PushService::State>;

async::Task<void> pause(StatePointer state, std::string pid, std::chrono::milliseconds span) {
  const async::Deadline until = async::Deadline::in(span);
  while (!until.expired() && state->wanted(pid)) co_await async::sleep_until(until.at_most(kTick));
}

// The journal or the outbox may be full for a moment.
async::Task<void> end_transfer(StatePointer state, std::string pid, std::optional<Error> failed) {
  std::chrono::milliseconds wait = kEndPause;
  TransferService& service = state->work.parts.transfer_service;
  // What went out whole is called complete even while the node stops: its place is gone, and a start would push it
  // again.
  for (unsigned n = 0; n < kEndTries && (state->wanted(pid) || (n == 0 && !failed)); ++n) {
    Status ended;
    if (failed) {
      Error reason = *failed;
      ended = co_await service.terminate(pid, std::move(reason));
    } else {
      ended = co_await service.complete(pid);
    }
    if (ended) co_return;
    log_warn("push.end", ended.error(), {{"transfer", pid}});
    co_await pause(state, pid, wait);
    wait *= 2;
  }
}

async::Task<void> commit_taken(StatePointer state, const PushOutcome* outcome) {
  if (outcome->taken.chunks == 0 && !outcome->complete) co_return;
  Unit unit = taken_unit(outcome->pushed, outcome->taken, outcome->complete);
  const auto committed = co_await state->work.parts.journal.commit(std::move(unit));
  if (!committed) log_warn("push.record", committed.error(), {{"exchange", to_text(outcome->pushed.exchange)}});
}

async::Task<void> forget_place(StatePointer state, std::string pid) {
  Unit unit;
  unit.mutations.push_back(forget_push_place(pid));
  const auto committed = co_await state->work.parts.journal.commit(std::move(unit));
  if (!committed) log_warn("push.place", committed.error(), {{"transfer", pid}});
}

Error given_up(const Error& last) {
  const std::string why =
      "the push broke off too often; the last time because " + std::string(code_info(last.code).title);
  return Error(Code::PushFailed, why, last).with("why", why);
}

// Exchanges of one transfer until it is complete, ended or not wanted.
async::Task<void> push(StatePointer state, std::string pid) {
  PushRounds rounds;
  for (auto transfer = state->wanted(pid); transfer; transfer = state->wanted(pid)) {
    const auto place = find_push_place(state->work.parts.storage, pid);
    auto pushing = push_once(&state->work, transfer, place.value_or(""));
    const PushOutcome outcome = co_await std::move(pushing);
    co_await commit_taken(state, &outcome);
    log_info("push.exchange", {{"transfer", pid},
                               {"exchange", to_text(outcome.pushed.exchange)},
                               {"complete", outcome.complete},
                               {"bytes", std::to_string(outcome.taken.bytes)},
                               {"why", outcome.failed ? outcome.failed->chain() : ""}});
    if (outcome.complete || !outcome.again) {
      co_await end_transfer(state, pid, outcome.failed);
      co_return;
    }
    rounds.ended({outcome.taken.bytes, outcome.pushed.resumed.has_value(), outcome.live});
    if (rounds.exhausted()) {
      co_await end_transfer(state, pid, given_up(*outcome.failed));
      co_return;
    }
    co_await pause(state, pid, rounds.pause());
  }
}

async::Task<void> run(StatePointer state, std::string pid) {
  do {
    co_await push(state, pid);
    if (!state->work.parts.transfers.find(pid)) co_await forget_place(state, pid);
  } while (!state->leave(pid));
}

void begin(const StatePointer& state, const std::string& pid) {
  const std::lock_guard lock(state->mutex);
  if (state->stopping) return;
  const auto [run_of, fresh] = state->runs.try_emplace(pid, false);
  if (!fresh) {
    run_of->second = true;
    return;
  }
  const async::Executor& executor = state->executors[state->next++ % state->executors.size()];
  // Posted: what spawns may run at once, and this lock is held.
  async::post(executor, [state, pid, executor] { async::spawn(executor, run(state, pid), "push"); });
}

}  // namespace

PushService::PushService(ExchangeParts parts, const PushRules& rules, PushClients clients,
                         std::vector<async::Executor> executors, std::shared_ptr<const http::Resolver> resolver,
                         PushLimits limits)
    : state_(std::make_shared<State>(parts, rules, std::move(clients), std::move(executors), std::move(resolver),
                                     limits)) {
  parts.transfers.on_push([state = std::weak_ptr<State>(state_)](const std::string& pid) {
    if (const auto there = state.lock()) begin(there, pid);
  });
}

PushService::~PushService() { stop(std::chrono::milliseconds(0)); }

Status PushService::start() {
  const ExchangeParts& parts = state_->work.parts;
  const auto places = push_places(parts.storage);
  if (!places) return fail(places.error());
  Unit unit;
  for (const std::string& pid : *places) {
    if (!parts.transfers.find(pid)) unit.mutations.push_back(forget_push_place(pid));
  }
  if (!unit.mutations.empty()) {
    const auto committed = parts.journal.commit_blocking(std::move(unit));
    if (!committed) return fail(committed.error());
  }
  for (const std::string& pid : parts.transfers.pushing()) begin(state_, pid);
  return {};
}

void PushService::stop(std::chrono::milliseconds grace) {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  (void)state_->idle.wait_for(lock, grace, [this] { return state_->runs.empty(); });
}

std::size_t PushService::running() const {
  const std::lock_guard lock(state_->mutex);
  return state_->runs.size();
}

}  // namespace sekisho::node
