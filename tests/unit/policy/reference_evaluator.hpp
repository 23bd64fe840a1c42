// The meaning of a policy, told a second time: a walk over the IR without a compiled form. Slow and plain on purpose;
// the compiled program must agree with it on every input.
#pragma once

#include <optional>

#include "policy/decide.hpp"
#include "policy/ir.hpp"

namespace sekisho::policy::test {

[[nodiscard]] Truth reference_truth(const Expr& condition, const DecisionInput& input);

struct ReferenceOutcome {
  bool permit = false;
  bool prohibited = false;             // a prohibition applies
  bool contradiction = false;          // … for certain, while a permission grants
  std::optional<std::uint64_t> limit;  // of the permission that is used
};
[[nodiscard]] ReferenceOutcome reference_decide(const PolicyIr& ir, const DecisionInput& input);

}  // namespace sekisho::policy::test
