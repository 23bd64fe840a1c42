// One line of the log as text; log.cpp decides whether and where it goes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/core/clock.hpp"
#include "base/core/log.hpp"

namespace sekisho {

// Without the newline.
[[nodiscard]] std::string log_line(Instant at, LogLevel level, std::string_view event, std::span<const LogField> fields);

}  // namespace sekisho
