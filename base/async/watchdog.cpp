#include "base/async/watchdog.hpp"

#include <utility>

namespace sekisho::async {

Watchdog::Watchdog(const Executor& executor, Deadline deadline, std::function<void()> late)
    : timer_(executor), state_(std::make_shared<State>()) {
  state_->late = std::move(late);
  if (deadline.is_never()) return;
  timer_.expires_at(deadline.at());
  // The handler may already be queued when the watchdog is destroyed, hence the shared state.
  timer_.async_wait([state = state_](const boost::system::error_code& ec) {
    if (ec || !state->armed) return;
    state->fired = true;
    state->late();
  });
}

Watchdog::~Watchdog() { state_->armed = false; }

}  // namespace sekisho::async
