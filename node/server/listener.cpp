#include "node/server/listener.hpp"

#include <algorithm>
#include <utility>

#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/core/log.hpp"
#include "node/server/session.hpp"

namespace sekisho::node {
namespace {

using std::chrono::milliseconds;

// Ends with its coroutine, however that ends; the drain waits for it.
struct LoopGuard {
  std::shared_ptr<Floor> floor;
  explicit LoopGuard(std::shared_ptr<Floor> f) : floor(std::move(f)) {}
  LoopGuard(const LoopGuard&) = delete;
  LoopGuard& operator=(const LoopGuard&) = delete;
  ~LoopGuard() {
    const std::lock_guard lock(floor->mutex);
    --floor->loops;
    floor->changed.notify_all();
  }
};

// Looks for late connections; one timer for all of a worker instead of one for each operation.
async::Task<void> watch_desk(std::shared_ptr<Floor> floor, Desk* desk) {
  const LoopGuard guard(floor);
  while (!desk->stop.is_set()) {
    co_await desk->stop.wait_until(async::Deadline::in(floor->options.limits.tick));
    const auto now = std::chrono::steady_clock::now();
    for (const auto& entry : desk->sessions) {
      if (const auto session = entry.lock()) session->watch(now);
    }
  }
}

// Out of descriptors: waits 50 ms, doubling to 2 s, instead of spinning on an accept that cannot succeed.
async::Task<void> accept_loop(std::shared_ptr<Floor> floor, std::shared_ptr<http::Acceptor> acceptor) {
  const LoopGuard guard(floor);
  constexpr milliseconds kFirstWait{50};
  constexpr milliseconds kLongestWait{2000};
  milliseconds wait = kFirstWait;
  Desk& own = *floor->desks.front();
  for (std::size_t turn = 0; !own.draining; ++turn) {
    Desk* desk = floor->desks[turn % floor->desks.size()].get();
    auto socket = co_await acceptor->accept(desk->executor);
    if (!socket && socket.error().code == Code::Cancelled) break;
    if (!socket && socket.error().code == Code::Busy) {
      ++floor->exhausted;
      log_error("listener.exhausted", socket.error(), {{"wait_ms", wait.count()}});
      co_await own.stop.wait_until(async::Deadline::in(wait));
      wait = std::min(wait * 2, kLongestWait);
      continue;
    }
    if (!socket) continue;  // the connection died in the queue
    wait = kFirstWait;
    ++floor->accepted;
    std::string address = socket->remote_address();
    if (!floor->enter(address, socket->is_unix())) {
      ++floor->refused_over_limit;
      continue;  // closed unread: an answer would cost what the limit protects
    }
    async::spawn(desk->executor, Session::live(floor, desk, std::move(*socket), std::move(address)), "session");
  }
}

// In portions, so that a worker serves between them: a path takes its time to verify.
void judge_some(std::shared_ptr<Floor> floor, Desk* desk,
                std::shared_ptr<std::vector<std::weak_ptr<Session>>> sessions) {
  constexpr std::size_t kPortion = 16;
  for (std::size_t i = 0; i < kPortion && !sessions->empty(); ++i) {
    if (const auto session = sessions->back().lock()) session->judge_again();
    sessions->pop_back();
  }
  if (sessions->empty()) return;
  async::post(desk->executor, [floor, desk, sessions] { judge_some(floor, desk, sessions); });
}

template <class F>
void on_each_desk(const std::shared_ptr<Floor>& floor, F act) {
  for (auto& entry : floor->desks) {
    async::post(entry->executor, [floor, desk = entry.get(), act] { act(*desk); });
  }
}

}  // namespace

struct Listener::Impl {
  std::shared_ptr<Floor> floor;
  std::shared_ptr<http::Acceptor> acceptor;
  std::string name;
  std::uint16_t port = 0;
  bool drained = false;
};

Listener::Listener(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Listener>> Listener::start(async::WorkerPool& pool, ListenerOptions options,
                                                  std::shared_ptr<Pipeline> pipeline) {
  auto floor = std::make_shared<Floor>();
  floor->options = std::move(options);
  floor->pipeline = std::move(pipeline);
  floor->tls = floor->options.tls;
  for (std::size_t i = 0; i < pool.size(); ++i) floor->desks.push_back(std::make_unique<Desk>(pool.executor(i)));

  const auto& executor = floor->desks.front()->executor;
  const auto& chosen = floor->options;
  auto acceptor = chosen.unix_path.empty() ? http::Acceptor::listen_tcp(executor, chosen.address, chosen.port)
                                           : http::Acceptor::listen_unix(executor, chosen.unix_path);
  if (!acceptor) return fail(acceptor.error());

  auto impl = std::make_shared<Impl>();
  impl->floor = floor;
  impl->acceptor = std::make_shared<http::Acceptor>(std::move(*acceptor));
  impl->name = impl->acceptor->name();
  impl->port = impl->acceptor->port();
  floor->loops = floor->desks.size() + 1;
  for (auto& desk : floor->desks) async::spawn(desk->executor, watch_desk(floor, desk.get()), "watch");
  async::spawn(executor, accept_loop(floor, impl->acceptor), "accept");
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

Listener::~Listener() {
  if (!impl_->drained) (void)drain_blocking(milliseconds(0));
}

std::uint16_t Listener::port() const { return impl_->port; }
const std::string& Listener::name() const { return impl_->name; }

ListenerCounters Listener::counters() const {
  Floor& floor = *impl_->floor;
  ListenerCounters now;
  now.accepted = floor.accepted;
  now.refused_over_limit = floor.refused_over_limit;
  now.exhausted = floor.exhausted;
  now.failed_handshakes = floor.failed_handshakes;
  now.timed_out = floor.timed_out;
  now.closed_by_judge = floor.closed_by_judge;
  now.requests = floor.requests;
  const std::lock_guard lock(floor.mutex);
  now.open = floor.open;
  return now;
}

void Listener::set_tls(std::shared_ptr<const http::TlsServerContext> tls) {
  const std::lock_guard lock(impl_->floor->tls_mutex);
  impl_->floor->tls = std::move(tls);
}

void Listener::rejudge_all() {
  on_each_desk(impl_->floor, [floor = impl_->floor](Desk& desk) {
    auto all = std::make_shared<std::vector<std::weak_ptr<Session>>>(desk.sessions.begin(), desk.sessions.end());
    judge_some(floor, &desk, std::move(all));
  });
}

void Listener::hurry() {
  const std::lock_guard lock(impl_->floor->mutex);
  impl_->floor->hurry = true;
  impl_->floor->changed.notify_all();
}

bool Listener::drain_blocking(milliseconds grace) {
  constexpr milliseconds kLastWait{5000};
  const auto floor = impl_->floor;
  impl_->drained = true;
  floor->pipeline->set_draining(true);

  // 1. No new connections; idle ones close; running exchanges end their connection.
  async::post(floor->desks.front()->executor, [acceptor = impl_->acceptor] { acceptor->close(); });
  on_each_desk(floor, [](Desk& desk) {
    desk.draining = true;
    for (const auto& entry : desk.sessions) {
      if (const auto session = entry.lock()) session->drain();
    }
  });
  std::unique_lock lock(floor->mutex);
  floor->changed.wait_for(lock, grace, [&] { return floor->open == 0 || floor->hurry; });

  // 2. What is left is closed; its handlers return by themselves.
  if (floor->open > 0) {
    lock.unlock();
    on_each_desk(floor, [](Desk& desk) {
      for (const auto& entry : desk.sessions) {
        if (const auto session = entry.lock()) session->close_now();
      }
    });
    lock.lock();
  }
  const bool all_left = floor->changed.wait_for(lock, kLastWait, [&] { return floor->open == 0; });

  // 3. The loops of the listener itself.
  lock.unlock();
  on_each_desk(floor, [](Desk& desk) { desk.stop.set(); });
  lock.lock();
  const bool loops_ended = floor->changed.wait_for(lock, kLastWait, [&] { return floor->loops == 0; });
  return all_left && loops_ended;
}

}  // namespace sekisho::node
