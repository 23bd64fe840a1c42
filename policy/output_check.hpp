// The second reading of a record that is about to leave. Internal to the shaper.
#pragma once

#include <string_view>

#include "base/core/result.hpp"
#include "policy/plan.hpp"

namespace sekisho::policy {

// record: one written record, strict JSON without white space. Code::ViewError (help "pointer") when a member is there
// that the view does not let pass, or a value that its operation cannot have written.
[[nodiscard]] Status check_output(const Plan& plan, std::string_view record);

}  // namespace sekisho::policy
