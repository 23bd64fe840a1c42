// A log entry out of a bundle: parsed from the leaf's octets, refused in any but its one spelling. Whether it belongs
// to a log is the proof's matter. Errors: Code::ProtobufFormat. Pure.
#pragma once

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "schemas/log.pb.h"

namespace sekisho::trust {

[[nodiscard]] Result<pb::Entry> parse_log_entry(BytesView leaf);

}  // namespace sekisho::trust
