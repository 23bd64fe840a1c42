// The databases that runs begin with.
#pragma once

#include <array>

#include "tests/simulation/cast.hpp"

namespace sekisho::simulation {

using Prepared = std::array<SimStorage::Tables, kNodes>;

// The provider's catalogue, and everybody's own certificates.
[[nodiscard]] const Prepared& prepared_nothing();
// After a calm negotiation, which also taught each the certificates of the other.
[[nodiscard]] const Prepared& prepared_agreement();

}  // namespace sekisho::simulation
