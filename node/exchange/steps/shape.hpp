// Step 8 of a crossing: rows filtered, fields dropped and masked by the plan of the agreement. The whole answer or nothing.
//
// Errors: ViewError; AnswerTooLarge above 1 MiB (streams are not served yet).
#pragma once

#include "base/core/result.hpp"
#include "node/exchange/crossing.hpp"

namespace sekisho::node::steps {

[[nodiscard]] Status shape(Crossing& crossing);

}  // namespace sekisho::node::steps
