// What a source says when it does not give what was asked for, in words that are safe to write down. Pure.
#pragma once

#include <string>

#include "base/http/client.hpp"

namespace sekisho::connectors {

// "answered 400 (E10426: the hub cannot read the filter)": the status, and the hub's error_code, the code of an
// OperationOutcome or nothing. Never any text of the source.
[[nodiscard]] std::string refusal_of(const http::ClientResponse& answer);

}  // namespace sekisho::connectors
