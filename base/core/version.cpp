#include "base/core/version.hpp"

namespace sekisho {

std::string_view version() { return SEKISHO_VERSION; }

}  // namespace sekisho
