// The in-toto subject of a statement that speaks of no content: derived, so that nobody can hide a value in it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/core/bytes.hpp"

namespace sekisho::trust {

inline constexpr std::string_view kCommitDigest = "sekishoCommitV1";
inline constexpr std::string_view kReferenceDigest = "sekishoRefV1";

// SHA-256("sekisho-ref-v1\0" ‖ rand ‖ name)
[[nodiscard]] Digest reference_digest(const std::array<std::uint8_t, 16>& rand, std::string_view name);

}  // namespace sekisho::trust
