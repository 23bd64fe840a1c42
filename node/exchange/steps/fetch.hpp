// Steps 7 and 8 of a crossing: the records, pulled from the source with byte credits and what is left of the deadline,
// each batch shaped by the plan of the agreement before the next is read. What is at most 1 MiB after shaping is a
// record and is had whole; more is a stream, whose rest stays in the reader that is answered (null: crossing.shaped is
// all). A source without end is a stream from its first octet on. Opaque octets pass as they are, under an agreement
// without a view. What may be held meanwhile comes out of the node's byte budget.
//
// Errors: Busy when the budget is spent; SourceFailed, SourceTimeout, ViewError.
#pragma once

#include <memory>

#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node::steps {

[[nodiscard]] async::Task<Result<std::unique_ptr<connectors::Reader>>> fetch(const ExchangeParts& parts,
                                                                             Crossing& crossing);

}  // namespace sekisho::node::steps
