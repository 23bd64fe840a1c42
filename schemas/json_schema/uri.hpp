// URI references as JSON Schema needs them: resolution (RFC 3986 section 5.2), fragments, percent-decoding.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace sekisho::schemas {

// What lies before and after the first '#'.
[[nodiscard]] std::pair<std::string_view, std::string_view> split_fragment(std::string_view uri);

[[nodiscard]] std::string resolve_uri(std::string_view base, std::string_view reference);

// A '%' that no two hexadecimal digits follow stays as it is.
[[nodiscard]] std::string percent_decoded(std::string_view text);

// One step of a JSON pointer (RFC 6901): "~1" is '/', "~0" is '~'; and back.
[[nodiscard]] std::string pointer_unescaped(std::string_view step);
[[nodiscard]] std::string pointer_escaped(std::string_view step);

}  // namespace sekisho::schemas
