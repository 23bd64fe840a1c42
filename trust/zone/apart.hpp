// What two zones that one node knows must not have in common: names of nodes, because a partner is known by its name alone,
// and names of CAs, because a revocation list is found by them.
#pragma once

#include "base/core/result.hpp"
#include "trust/zone/descriptor.hpp"

namespace sekisho::trust {

// Code::Conflict says which name both have. Pure.
[[nodiscard]] Status check_apart(const ZoneDescriptor& a, const ZoneDescriptor& b);

}  // namespace sekisho::trust
