#include "base/async/spawn.hpp"

#include <atomic>
#include <exception>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include "base/core/log.hpp"

namespace sekisho::async {
namespace {

std::atomic<std::uint64_t> escaped{0};

// Cancelled work ends with this exception by design.
bool is_cancellation(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& e) {
    return e.code() == boost::asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

std::string what_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "unknown exception";
  }
}

}  // namespace

void spawn(const Executor& executor, Task<void> task, std::string_view name) {
  boost::asio::co_spawn(executor, std::move(task), [name](std::exception_ptr thrown) {
    if (!thrown || is_cancellation(thrown)) return;
    ++escaped;
    log_error("task.exception", {{"task", name}, {"what", what_of(thrown)}});
  });
}

void post(const Executor& executor, std::move_only_function<void()> work) {
  boost::asio::post(executor, std::move(work));
}

std::uint64_t escaped_exceptions() { return escaped.load(); }

}  // namespace sekisho::async
