// Starts a coroutine that nobody awaits. What it throws ends here: it is counted and written to the log with the
// name; the process goes on, because the one connection or message is the unit of failure.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/async/task.hpp"

namespace sekisho::async {

// name: a literal ("session", "outbox"). Spawned from its own executor the coroutine runs up to its first suspension
// inside the call: hold no lock and no half-built state.
void spawn(const Executor& executor, Task<void> task, std::string_view name = "task");

// A plain function on an executor, from any thread; it must not throw.
void post(const Executor& executor, std::move_only_function<void()> work);

// Exceptions that reached the boundary since the start of the process; a test and a metric read it.
[[nodiscard]] std::uint64_t escaped_exceptions();

}  // namespace sekisho::async
