// Runs a coroutine until it ends or its time is over. When this returns both have ended: a late coroutine was
// cancelled (its current wait throws operation_aborted) and the answer is Code::Deadline.
//
// Not the || of Asio, which waits for the first success and so lets a failed read wait for the timer (asio #900).
#pragma once

#include <optional>
#include <utility>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/result.hpp"

namespace sekisho::async {

namespace detail {

template <class T>
Task<void> keep_result(Task<Result<T>> work, std::optional<Result<T>>& out) {
  out.emplace(co_await std::move(work));
}

// In 1.81 co_spawn answers a cancelled coroutine with its exception; the group needs the pair of both ends.
template <class T>
auto race(const Executor& executor, Task<Result<T>> work, std::optional<Result<T>>& out,
          boost::asio::steady_timer& timer) {
  namespace net = boost::asio;
  return net::experimental::make_parallel_group(
             net::co_spawn(executor, keep_result(std::move(work), out), net::deferred), timer.async_wait(net::deferred))
      .async_wait(net::experimental::wait_for_one(), net::use_awaitable);
}

}  // namespace detail

// what: names the work in the error ("the answer of the peer").
template <class T>
Task<Result<T>> with_deadline(Deadline deadline, Task<Result<T>> work, std::string what) {
  if (deadline.is_never()) co_return co_await std::move(work);
  auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor, deadline.at());
  std::optional<Result<T>> out;
  auto ended = co_await detail::race(executor, std::move(work), out, timer);
  std::exception_ptr thrown = std::get<1>(ended);
  if (out) co_return std::move(*out);
  if (thrown && std::get<0>(ended)[0] == 0) std::rethrow_exception(thrown);
  co_return fail(Code::Deadline, what + " took too long");
}

}  // namespace sekisho::async
