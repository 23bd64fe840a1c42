// The second reading of a record that is about to leave. Internal to the shaper.
#pragma once

#include <string>
#include <string_view>

#include "base/core/result.hpp"
#include "policy/plan.hpp"

namespace sekisho::policy {

// record: one written record, strict JSON without white space. When the plan drops names at any depth, the record
// without those members is appended to `cleaned`; otherwise `cleaned` is not touched. Code::ViewError (help "pointer")
// when a member is there that the view does not let pass.
[[nodiscard]] Status check_output(const Plan& plan, std::string_view record, std::string& cleaned);

}  // namespace sekisho::policy
