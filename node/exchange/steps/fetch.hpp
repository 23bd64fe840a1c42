// Step 7 of a crossing: the records, pulled from the source with byte credits and what is left of the deadline.
//
// Errors: SourceFailed, SourceTimeout; AnswerTooLarge when the source holds more than this path may read.
#pragma once

#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node::steps {

[[nodiscard]] async::Task<Status> fetch(const ExchangeParts& parts, Crossing& crossing);

}  // namespace sekisho::node::steps
