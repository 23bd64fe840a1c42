// One text for each JSON value as JSON Schema compares them: 1 and 1.0 are one, the order of members does not matter.
#pragma once

#include <string>

#include "base/core/json.hpp"

namespace sekisho::schemas {

[[nodiscard]] std::string identity(const Json& value);

}  // namespace sekisho::schemas
