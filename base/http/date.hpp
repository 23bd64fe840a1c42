// Dates of HTTP fields (RFC 9110 section 5.6.7), the one form that senders may write: "Sun, 06 Nov 1994 08:49:37 GMT".
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sekisho::http {

// Nothing for any other form, for a day that no month has and for a weekday that is another one.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

}  // namespace sekisho::http
