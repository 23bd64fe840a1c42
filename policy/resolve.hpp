// From what is written to what is meant: every term through the closed table, every value typed. Internal to admission.
#pragma once

#include <vector>

#include "policy/admission.hpp"
#include "policy/document.hpp"
#include "policy/ir.hpp"

namespace sekisho::policy {

// Findings A01, A02, A06, A08 and A12 (sizes). The IR is sealed and complete when none of them refuses.
[[nodiscard]] PolicyIr resolve(const PolicyDocument& document, const AdmissionLimits& limits,
                               std::vector<Finding>& findings);

}  // namespace sekisho::policy
