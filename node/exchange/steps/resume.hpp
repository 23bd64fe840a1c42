// Between steps 6 and 7 of a crossing that goes on where an earlier stream ended: where the source stood there. The asker
// names its exchange and how many chunks it holds, "Sekisho-Resume: <exchange>#<chunks>".
//
// Errors: InvalidArgument (help "header") for another form; Conflict where this node keeps no such place: the stream was
// another agreement's, confirmed whole, too long ago, or of a source without cursors.
#pragma once

#include "base/core/result.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node::steps {

[[nodiscard]] Status resume(const ExchangeParts& parts, Crossing& crossing);

}  // namespace sekisho::node::steps
