// UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing beyond U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace sekisho {

// Octets of the well-formed character at the start of the text; 0 when there is none.
[[nodiscard]] std::size_t utf8_character(std::string_view text);

[[nodiscard]] bool valid_utf8(std::string_view text);

}  // namespace sekisho
