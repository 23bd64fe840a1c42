// Where an entry lies in the database: the number of the log (a node's logs follow one another: half-years,
// successors) in the upper 16 bits, its index in that log in the lower 48. In the first log position == index.
// Stored big-endian in every key and index value.
#pragma once

#include <cstdint>

namespace sekisho::node {

using Position = std::uint64_t;

inline constexpr std::uint64_t kIndexMask = (1ULL << 48) - 1;

[[nodiscard]] constexpr Position make_position(std::uint16_t log, std::uint64_t index) {
  return (static_cast<std::uint64_t>(log) << 48) | (index & kIndexMask);
}
[[nodiscard]] constexpr std::uint16_t log_of(Position at) { return static_cast<std::uint16_t>(at >> 48); }
[[nodiscard]] constexpr std::uint64_t index_of(Position at) { return at & kIndexMask; }

}  // namespace sekisho::node
