// Whom an offer can be of use to: a catalogue shows it to nobody else. What is known of the asking party (who it is,
// its zone, the time) decides; what only a request would tell (purpose, uses left) is left open in its favour.
//
// Pure; callable from every thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/core/clock.hpp"
#include "policy/ir.hpp"

namespace sekisho::policy {

struct Audience {
  std::string_view did;
  std::string_view zone;
  std::optional<Instant> now;  // without it no time bound is judged
};

// Whether this party could ever (from now on, where a time is given) be permitted to read under these rules.
[[nodiscard]] bool could_obtain(const PolicyIr& rules, const Audience& party);

}  // namespace sekisho::policy
