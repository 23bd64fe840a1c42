// Waiting on the clock, and asking a coroutine where it runs.
#pragma once

#include <chrono>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"

namespace sekisho::async {

// Throws system_error(operation_aborted) when the coroutine is cancelled.
Task<void> sleep_for(std::chrono::nanoseconds span);
Task<void> sleep_until(Deadline deadline);

[[nodiscard]] Task<Executor> current_executor();

}  // namespace sekisho::async
