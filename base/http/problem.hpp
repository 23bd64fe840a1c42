// Errors as problem documents (RFC 9457): application/problem+json with type "urn:sekisho:error:<CODE>", title,
// status, code, detail (the mend of the table), correlationId and the help members. Neither the message nor the chain
// of causes goes out: those are for the operator's log.
#pragma once

#include <string>
#include <string_view>

#include "base/core/error.hpp"
#include "base/http/message.hpp"

namespace sekisho::http {

// Help "retry_after_s" also becomes Retry-After. A help value stays a string; one name given twice becomes an array.
[[nodiscard]] Response problem(const Error& error, std::string_view correlation_id);
[[nodiscard]] std::string problem_body(const Error& error, int status, std::string_view correlation_id);

}  // namespace sekisho::http
