// One answer from any thread to one coroutine.
//
//   auto answer = std::make_shared<Completion<Result<Committed>>>();
//   queue.try_push({unit, answer});                 // another thread later calls answer->set(…)
//   Result<Committed> done = co_await answer->wait();
//
// set      any thread, any moment, before or during the wait; the first call wins, later ones return false.
// wait     once, by one coroutine; resumes on that coroutine's executor. The value is moved out.
// Copies of a Completion share one state, so neither side need outlive the other. Abandoning it unset leaves the
// waiter waiting: whoever takes the duty to set keeps it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"

namespace sekisho::async {

template <class T>
class Completion {
 public:
  Completion() : state_(std::make_shared<State>()) {}

  bool set(T value) { return State::finish(state_, std::optional<T>(std::move(value))); }

  // Throws boost::system::system_error(operation_aborted) when the waiting coroutine is cancelled.
  Task<T> wait() { return wait_on(state_); }

  // nullopt when the deadline passes first; a value set afterwards is dropped.
  Task<std::optional<T>> wait_until(Deadline deadline) { return wait_on_until(state_, deadline); }

 private:
  struct State {
    std::mutex mutex;
    bool done = false;
    std::optional<T> value;
    std::move_only_function<void(std::optional<T>)> waiter;

    // nullopt is the cancelled or late wait. The waiter is posted under the lock, so that leave() can wait for the
    // poster: it may still be inside the waiter's context when the waiter already runs there.
    static bool finish(const std::shared_ptr<State>& state, std::optional<T> value) {
      const std::lock_guard lock(state->mutex);
      if (state->done) return false;
      state->done = true;
      if (!state->waiter) {
        state->value = std::move(value);
        return true;
      }
      auto waiter = std::exchange(state->waiter, nullptr);
      waiter(std::move(value));
      return true;
    }

    // Before the waiter goes on, and maybe ends the context that it runs on.
    void leave() { const std::lock_guard lock(mutex); }
  };

  // The initiation stands in a plain function: g++ 12 corrupts locals of a coroutine that holds it (asio #1007).
  static Task<std::optional<T>> initiate(std::shared_ptr<State> state) {
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(std::optional<T>)>(
        [](auto handler, std::shared_ptr<State> s) {
          auto executor = boost::asio::get_associated_executor(handler);
          auto slot = boost::asio::get_associated_cancellation_slot(handler);
          auto resume = [executor, h = std::move(handler)](std::optional<T> v) mutable {
            boost::asio::post(executor, [h = std::move(h), v = std::move(v)]() mutable { std::move(h)(std::move(v)); });
          };
          std::unique_lock lock(s->mutex);
          if (s->done) {
            auto ready = std::move(s->value);
            lock.unlock();
            resume(std::move(ready));
            return;
          }
          s->waiter = std::move(resume);
          lock.unlock();
          if (slot.is_connected()) {
            slot.assign([s](boost::asio::cancellation_type) { State::finish(s, std::nullopt); });
          }
        },
        boost::asio::use_awaitable, std::move(state));
  }

  static Task<T> wait_on(std::shared_ptr<State> state) {
    std::optional<T> value = co_await initiate(state);
    state->leave();
    if (!value) throw boost::system::system_error(boost::asio::error::operation_aborted);
    co_return std::move(*value);
  }

  static Task<std::optional<T>> wait_on_until(std::shared_ptr<State> state, Deadline deadline) {
    auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor);
    if (!deadline.is_never()) {
      timer.expires_at(deadline.at());
      timer.async_wait([state](const boost::system::error_code& ec) {
        if (!ec) State::finish(state, std::nullopt);
      });
    }
    std::optional<T> value = co_await initiate(state);
    state->leave();
    co_return value;
  }

  std::shared_ptr<State> state_;
};

}  // namespace sekisho::async
