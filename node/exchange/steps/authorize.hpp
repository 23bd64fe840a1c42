// Step 6 of a crossing: does the agreement permit this use, now? The program decides over facts; unknown never grants.
// What is permitted under a quota reserves its unit here and is charged with the durable release.
//
// Errors: the codes of the decision (PurposeMismatch, Expired, Quota …) with what would help; OpenExchanges when the peer
// owes receipts; NotAcceptable.
#pragma once

#include "base/core/result.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"
#include "node/exchange/shapers.hpp"

namespace sekisho::node::steps {

[[nodiscard]] Status authorize(const ExchangeParts& parts, ShaperBook& shapers, Crossing& crossing);

}  // namespace sekisho::node::steps
