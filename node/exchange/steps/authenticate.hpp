// Step 5 of a crossing: who asks, for which transfer, under which exchange id. The certificate path and the recognition
// were judged with the connection, and are judged again with every new snapshot; here the token, its binding to that very
// certificate, and the transfer's owner are checked.
//
// Errors: ExchangeId, TokenInvalid, TransferUnknown (also for somebody else's), TransferNotStarted, InvalidArgument.
#pragma once

#include "base/core/result.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node::steps {

[[nodiscard]] Status authenticate(const ExchangeParts& parts, Crossing& crossing);

}  // namespace sekisho::node::steps
