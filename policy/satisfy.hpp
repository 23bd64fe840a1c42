// Whether conditions can hold at all, decided exactly: every atom compares one fact with constants, so the facts fall
// into finitely many classes, and one request of each class is tried.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "policy/ir.hpp"

namespace sekisho::policy {

enum class Satisfiable : std::uint8_t { Yes, No, TooComplex };

struct Witness {
  Satisfiable answer = Satisfiable::No;
  std::string request;  // Yes: the facts of one request for which all conditions hold, for the report
};

// All conditions at once; only times from not_before on, when given; at most `points` requests are tried.
[[nodiscard]] Witness satisfy(std::span<const Expr* const> conditions, std::optional<Instant> not_before,
                              std::size_t points);

}  // namespace sekisho::policy
