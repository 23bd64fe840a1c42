// The values of "format" that are judged; every other name passes (JSON Schema Validation 2020-12 section 7).
#pragma once

#include <cstdint>
#include <string_view>

namespace sekisho::schemas {

enum class Format : std::uint8_t { None, Date, DateTime, Time, Uri, UriReference, Email, Ipv4, Ipv6, Uuid, Regex };

[[nodiscard]] Format format_named(std::string_view name);
[[nodiscard]] bool fits_format(Format format, std::string_view text);

}  // namespace sekisho::schemas
