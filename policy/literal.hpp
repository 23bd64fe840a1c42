// Right operands: their lexical forms, strictly.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/core/clock.hpp"

namespace sekisho::policy {

// The first and last microsecond that a literal means.
struct TimeSpan {
  std::int64_t first = 0, last = 0;
};

// xsd:dateTime with a time zone (the minute form of the DSP examples too), or xsd:date, whose zone is UTC when it has
// none. Nullopt for everything else, above all for a dateTime without a zone: two readers would differ.
[[nodiscard]] std::optional<TimeSpan> time_literal(std::string_view text);

// 0 or digits without a leading zero, up to 10^15.
[[nodiscard]] std::optional<std::int64_t> count_literal(std::string_view text);

// A purpose, zone or party: an IRI or a token of printable ASCII, without percent escapes, at most 512 characters.
[[nodiscard]] bool identifier_literal(std::string_view text);

}  // namespace sekisho::policy
