// Step 6 of a crossing: does the agreement permit this use, now? The program decides over facts; unknown never grants.
// What is permitted under a quota reserves its unit here and is charged with the durable release.
//
// Errors: the codes of the decision (PurposeMismatch, Expired, Quota …) with what would help; OpenExchanges when the peer
// owes receipts; OfferUnknown when the offer was withdrawn since; NotAcceptable.
#pragma once

#include "base/core/result.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"
#include "policy/decide.hpp"

namespace sekisho::node::steps {

// What the decision is made over, as of now. Valid as long as the crossing. Precondition: transfer and shaper are known.
[[nodiscard]] policy::DecisionInput decision_facts(const ExchangeParts& parts, const Crossing& crossing);

[[nodiscard]] Status authorize(const ExchangeParts& parts, Crossing& crossing);

}  // namespace sekisho::node::steps
