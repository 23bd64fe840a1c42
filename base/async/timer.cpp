#include "base/async/timer.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sekisho::async {

Task<void> sleep_for(std::chrono::nanoseconds span) {
  auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor, std::chrono::duration_cast<std::chrono::steady_clock::duration>(span));
  co_await timer.async_wait(boost::asio::use_awaitable);
}

Task<void> sleep_until(Deadline deadline) {
  auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor, deadline.at());
  co_await timer.async_wait(boost::asio::use_awaitable);
}

Task<Executor> current_executor() {
  auto executor = co_await boost::asio::this_coro::executor;
  co_return executor;
}

}  // namespace sekisho::async
