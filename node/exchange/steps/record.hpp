// Step 9 of a crossing: no audit, no data. The release is committed (sealed, synced, with quota and claim) before the first
// octet leaves; the first commit of an exchange wins. record_refusal() does the same for what was not released.
//
// Errors: ExchangeReplayed, Busy, JournalStopped, JournalIndeterminate.
#pragma once

#include <optional>

#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node::steps {

[[nodiscard]] async::Task<Status> record(const ExchangeParts& parts, Crossing& crossing);

// The sealed refusal for the peer. Only for an authenticated peer's well-formed exchange id.
[[nodiscard]] async::Task<Result<trust::Envelope>> record_refusal(const ExchangeParts& parts, const Crossing& crossing, Code code);

}  // namespace sekisho::node::steps
