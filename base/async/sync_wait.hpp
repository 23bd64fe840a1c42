// Runs one coroutine to its end on a private context: for tests, the command line and start-up.
// Never on a worker: it blocks the thread. What the coroutine throws is thrown here.
#pragma once

#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "base/async/task.hpp"

namespace sekisho::async {

namespace detail {

template <class T>
Task<void> store_result(Task<T> task, std::optional<T>& out) {
  out.emplace(co_await std::move(task));
}

}  // namespace detail

template <class T>
T sync_wait(Task<T> task) {
  boost::asio::io_context context(1);
  std::exception_ptr thrown;
  bool ended = false;
  const auto done = [&](std::exception_ptr e) {
    thrown = std::move(e);
    ended = true;
  };
  if constexpr (std::is_void_v<T>) {
    boost::asio::co_spawn(context, std::move(task), done);
    context.run();
    if (thrown) std::rethrow_exception(thrown);
    if (!ended) throw std::logic_error("sync_wait: the coroutine never ended");
  } else {
    std::optional<T> out;
    boost::asio::co_spawn(context, detail::store_result(std::move(task), out), done);
    context.run();
    if (thrown) std::rethrow_exception(thrown);
    if (!ended || !out) throw std::logic_error("sync_wait: the coroutine never ended");
    return std::move(*out);
  }
}

}  // namespace sekisho::async
