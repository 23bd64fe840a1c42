// The version of this program, from the one place that states it: project(… VERSION …) in CMakeLists.txt.
#pragma once

#include <string_view>

namespace sekisho {

[[nodiscard]] std::string_view version();  // "0.1.0"

}  // namespace sekisho
