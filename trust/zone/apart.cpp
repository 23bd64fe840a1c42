#include "trust/zone/apart.hpp"

#include <fmt/format.h>

namespace sekisho::trust {

Status check_apart(const ZoneDescriptor& a, const ZoneDescriptor& b) {
  for (const std::string& one : a.space.dns_suffixes) {
    for (const std::string& other : b.space.dns_suffixes) {
      if (!within_suffix(one, other) && !within_suffix(other, one)) continue;
      return fail(Code::Conflict,
                  fmt::format("the name spaces of the zones {} and {} overlap: {} and {}", a.zone, b.zone, one, other));
    }
  }
  return check_distinct_cas(a, b);
}

}  // namespace sekisho::trust
