// The one place that names logs: `<dns>/sekisho/<year>h<1|2>`, a successor adds `.<n>` (formats.md 6).
#pragma once

#include <string>
#include <string_view>

#include "base/core/clock.hpp"
#include "base/core/result.hpp"

namespace sekisho::node {

// The origin of the half-year (UTC) that `at` lies in.
[[nodiscard]] std::string log_origin(std::string_view dns, Instant at);

// `a/sekisho/2026h2` → `a/sekisho/2026h2.1` → `a/sekisho/2026h2.2`. Fails for what is no origin.
[[nodiscard]] Result<std::string> successor_origin(std::string_view origin);

// The DNS name in front; Code::InvalidArgument for what is no origin of this form.
[[nodiscard]] Result<std::string> origin_host(std::string_view origin);

}  // namespace sekisho::node
