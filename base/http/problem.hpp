// Errors as problem documents (RFC 9457): application/problem+json with type "urn:sekisho:error:<CODE>", title,
// status, code, detail (the mend of the table), correlationId and the help members. Neither the message nor the chain
// of causes goes out: those are for the operator's log.
#pragma once

#include <string_view>

#include "base/core/error.hpp"
#include "base/http/message.hpp"

namespace sekisho::http {

// status 0: the code's own. Help "retry_after_s" also becomes Retry-After, "allow" Allow. A help value stays a string;
// one name given twice becomes an array.
[[nodiscard]] Response problem(const Error& error, std::string_view correlation_id, int status = 0);

}  // namespace sekisho::http
