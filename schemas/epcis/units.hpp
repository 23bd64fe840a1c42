// Values in the units of measure of UN/CEFACT recommendation 20 that sensor reports use, made comparable: a query in
// kelvin finds what was measured in Celsius (EPCIS conformance TCR-53).
#pragma once

#include <optional>
#include <string_view>

namespace sekisho::schemas::epcis {

// nullopt where the two units do not measure the same, or one is not known. The same code converts to itself, known or
// not.
[[nodiscard]] std::optional<double> convert(double value, std::string_view from, std::string_view to);

}  // namespace sekisho::schemas::epcis
