// Small pieces of writing a head, for server and client.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "base/http/message.hpp"

namespace sekisho::http {

// Tokens as names, and values without CR, LF, NUL or other controls: what we send is held to what we accept.
[[nodiscard]] bool valid_fields(const Headers& headers);
[[nodiscard]] bool valid_token(std::string_view text);

void append_field(std::string& out, std::string_view name, std::string_view value);

// IMF-fixdate (RFC 9110 section 5.6.7).
[[nodiscard]] std::string http_date(std::time_t second);

}  // namespace sekisho::http
