// How zone and node commands hand their outcome to whoever prints it: facts as JSON members, or an error.
#pragma once

#include <functional>

#include "base/core/json.hpp"
#include "base/core/result.hpp"

namespace sekisho::cli {

using Facts = Result<JsonObject>;

// Prints the facts or the error, and ends the command with the exit code of the outcome.
using Reporter = std::function<void(const Facts&)>;

// "name: value" lines on standard output, or "CODE: message" with causes on standard error and exit code 1.
[[nodiscard]] Reporter plain_reporter();

}  // namespace sekisho::cli
