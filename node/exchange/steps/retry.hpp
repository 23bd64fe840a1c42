// Part of step 6: a release that the asker did not get whole may be asked for once more, and counts once (formats.md
// 4). The asker names it, "Sekisho-Retry-Of: <exchange>"; it must be a release to that very peer under the same
// agreement, with an equal request, young enough, not itself a repetition, not confirmed, and not repeated too often.
// What does not fit is an ordinary exchange and counts like one.
//
// Errors: InvalidArgument (help "header") for what is no id; those of the storage.
#pragma once

#include <optional>

#include "base/core/result.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node::steps {

// Precondition: transfer and request digest of the crossing are known.
[[nodiscard]] Result<std::optional<Retry>> find_retried(const ExchangeParts& parts, const Crossing& crossing);

}  // namespace sekisho::node::steps
