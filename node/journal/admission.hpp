// What a unit must be before it may wait in the queue; checked on the producer's thread. Pure.
#pragma once

#include <cstddef>

#include "node/journal/unit.hpp"

namespace sekisho::node {

inline constexpr std::size_t kBatchEntries = 1024;
inline constexpr std::size_t kBatchBytes = 1U << 20;
inline constexpr std::size_t kUnitTokens = 16;
inline constexpr std::size_t kUnitMutations = 4096;

// Code::InvalidArgument for rows of the journal's own families or an entry of wrong shape, LimitExceeded,
// StatementInvalid for a draft that is none.
[[nodiscard]] Status check_unit(const Unit& unit);

// What it will take in a batch, roughly: what the limits of queue and batch count.
[[nodiscard]] std::size_t estimate_bytes(const Unit& unit);

}  // namespace sekisho::node
