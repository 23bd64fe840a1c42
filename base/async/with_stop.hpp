// Runs a coroutine until it ends or a flag is raised, by any thread. When this returns both have ended: a stopped
// coroutine was cancelled (its current wait throws operation_aborted, which closes what it owns) and the answer is
// Code::Cancelled. The flag is looked at every 100 ms; it outlives the call.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/task.hpp"
#include "base/async/timer.hpp"
#include "base/async/with_deadline.hpp"
#include "base/core/result.hpp"

namespace sekisho::async {

inline constexpr std::chrono::milliseconds kStopTick{100};

namespace detail {

inline Task<void> until_raised(const std::atomic<bool>& stop) {
  while (!stop) co_await sleep_for(kStopTick);
}

template <class T>
auto race_stop(const Executor& executor, Task<Result<T>> work, std::optional<Result<T>>& out,
               const std::atomic<bool>& stop) {
  namespace net = boost::asio;
  return net::experimental::make_parallel_group(
             net::co_spawn(executor, keep_result(std::move(work), out), net::deferred),
             net::co_spawn(executor, until_raised(stop), net::deferred))
      .async_wait(net::experimental::wait_for_one(), net::use_awaitable);
}

}  // namespace detail

// what: names the work in the error.
template <class T>
Task<Result<T>> with_stop(const std::atomic<bool>& stop, Task<Result<T>> work, std::string what) {
  auto executor = co_await boost::asio::this_coro::executor;
  std::optional<Result<T>> out;
  auto ended = co_await detail::race_stop(executor, std::move(work), out, stop);
  std::exception_ptr thrown = std::get<1>(ended);
  if (out) co_return std::move(*out);
  if (thrown && std::get<0>(ended)[0] == 0) std::rethrow_exception(thrown);
  co_return fail(Code::Cancelled, what + " was stopped");
}

}  // namespace sekisho::async
