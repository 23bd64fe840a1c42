#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "node/exchange/stream/positions.hpp"
#include "node/exchange/stream/sending.hpp"
#include "node/exchange/stream/statements.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kWindowsAhead = 4;  // sealed or being sealed, not yet written
constexpr std::chrono::milliseconds kCreditTick{10};
constexpr std::chrono::milliseconds kBusyPause{20};

// Queues the head before it returns for the first time, so that heads keep their order.
async::Task<void> commit_head(std::shared_ptr<Sending> s, std::shared_ptr<SealedWindow> window) {
  Unit unit = head_unit(*s, *window);
  auto head = co_await s->parts.journal.commit(std::move(unit));
  if (head) s->said = window->prefix;
  window->head.emplace(std::move(head));
  s->bells->sealed.set();
}

bool refused_as_busy(const SealedWindow& window) {
  return window.head && !*window.head && window.head->error().code == Code::Busy;
}

async::Task<void> wait_for_window(std::shared_ptr<Sending> s) {
  if (s->window.held() == 0) {
    co_await s->bells->filled.wait();
    co_return;
  }
  const async::Deadline due(s->window.due());
  (void)co_await s->bells->filled.wait_until(due);
}

}  // namespace

async::Task<void> seal(std::shared_ptr<Sending> s) {
  auto executor = co_await async::current_executor();
  while (!s->over && !s->running->cause() && !s->window.over()) {
    s->bells->filled.reset();
    s->credit.receipted(s->running->receipted(), steady_now());
    if (s->line.size() >= kWindowsAhead) {
      co_await s->bells->filled.wait();
      continue;
    }
    if (!s->credit.may_send()) {
      co_await async::sleep_for(kCreditTick);
      continue;
    }
    if (!s->window.ready(steady_now())) {
      co_await wait_for_window(s);
      continue;
    }
    auto window = std::make_shared<SealedWindow>();
    window->chunk = s->window.take(steady_now());
    s->bells->room.set();
    (void)s->hasher.add_chunk(as_bytes(window->chunk));  // 1 octet to 1 MiB, as the window cuts it
    window->prefix = s->hasher.finish(s->crossing.salt);
    s->credit.sent(window->prefix.bytes, steady_now());
    if (!s->crossing.marks.empty()) window->point = point_at(s->crossing.marks, window->prefix.bytes);
    s->line.push_back(window);
    async::spawn(executor, commit_head(s, window), "stream head");
    // A full queue of the journal is a pause, not an end.
    while (refused_as_busy(*window) && !s->over && !s->running->cause()) {
      co_await async::sleep_for(kBusyPause);
      if (s->over) break;
      window->head.reset();
      async::spawn(executor, commit_head(s, window), "stream head");
    }
  }
  s->all_sealed = true;
  s->bells->sealed.set();
}

}  // namespace sekisho::node
