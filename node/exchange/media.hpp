// Does an Accept field (RFC 9110, section 12.5.1) take this media type? Quality values of zero exclude; others do not matter,
// because a dataset has one media type.
#pragma once

#include <string_view>

namespace sekisho::node {

[[nodiscard]] bool accepts(std::string_view accept, std::string_view media);

}  // namespace sekisho::node
