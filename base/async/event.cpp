#include "base/async/event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sekisho::async {

Event::Event(const Executor& executor)
    : never_(std::make_shared<boost::asio::steady_timer>(executor, SteadyTime::max())) {}

void Event::set() {
  set_ = true;
  never_->cancel();
}

void Event::reset() { set_ = false; }

Task<void> Event::wait() {
  while (!set_) {
    auto woken = co_await never_->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    (void)woken;
  }
}

Task<bool> Event::wait_until(Deadline deadline) {
  if (set_) co_return true;
  if (deadline.is_never()) {
    co_await wait();
    co_return true;
  }
  // The late waiter wakes all; those that are neither set nor late wait again.
  // Expired and queued, the handler runs even after this coroutine has returned and its event is gone.
  boost::asio::steady_timer timer(never_->get_executor(), deadline.at());
  timer.async_wait([never = never_](const boost::system::error_code& ec) {
    if (!ec) never->cancel();
  });
  while (!set_ && !deadline.expired()) {
    auto woken = co_await never_->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    (void)woken;
  }
  co_return set_;
}

}  // namespace sekisho::async
