// Step 6 of a crossing: does the agreement permit this use, now? The program decides over facts; unknown never grants.
// What is permitted under a quota reserves its unit here and is charged with the durable release.
//
// Errors: the codes of the decision (PurposeMismatch, Expired, Quota …) with what would help; OpenExchanges when the
// peer owes receipts; OfferUnknown when the offer was withdrawn since; NotAcceptable.
//
// Between the answer and the record lies the source, which may take its time: authorize_again() asks once more, as of
// then, whether what was found still stands.
#pragma once

#include "base/core/result.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"
#include "policy/decide.hpp"

namespace sekisho::node::steps {

[[nodiscard]] Status authorize(const ExchangeParts& parts, Crossing& crossing);

// The uses of the agreement that stand before this one; of a repetition the release that it repeats is none.
[[nodiscard]] std::uint64_t uses_before(const ExchangeParts& parts, const Crossing& crossing);

// The digest of the decision of now, over `used` uses. Errors: TransferNotStarted when the transfer ended or is held;
// OfferUnknown; what is wrong with the asker's certificate by now; the codes of the decision.
[[nodiscard]] Result<Digest> authorize_again(const ExchangeParts& parts, const Crossing& crossing, std::uint64_t used);

}  // namespace sekisho::node::steps
