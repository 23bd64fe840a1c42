// Moves a function to the blocking pool and comes back to the caller's executor with what it returned.
//
//   Result<Bytes> file = co_await run_blocking(pool, [path] { return read_file(path, kLimit); });
//
// The function returns a Result; a full pool answers Code::Busy, an exception is thrown in the awaiting coroutine.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include "base/async/blocking_pool.hpp"
#include "base/async/completion.hpp"
#include "base/async/task.hpp"
#include "base/core/result.hpp"

namespace sekisho::async {

namespace detail {

template <class R>
struct Outcome {
  R value;
  std::exception_ptr thrown;
};

template <class R>
Task<R> unwrap(Completion<Outcome<R>> answer) {
  Outcome<R> outcome = co_await answer.wait();
  if (outcome.thrown) std::rethrow_exception(outcome.thrown);
  co_return std::move(outcome.value);
}

}  // namespace detail

// A plain function, so the lambda never lives in a coroutine frame. The work starts at once, not when awaited.
template <class F, class R = std::invoke_result_t<F>>
Task<R> run_blocking(BlockingPool& pool, F work) {
  Completion<detail::Outcome<R>> answer;
  std::move_only_function<void()> job = [answer, work = std::move(work)]() mutable {
    try {
      answer.set({work(), nullptr});
    } catch (...) {
      answer.set({fail(Code::Internal, "blocking work threw"), std::current_exception()});
    }
  };
  if (!pool.try_run(job)) answer.set({fail(Code::Busy, "the queue of blocking work is full"), nullptr});
  return detail::unwrap<R>(std::move(answer));
}

}  // namespace sekisho::async
