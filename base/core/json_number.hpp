// The number grammar of JSON (RFC 8259 section 6), for readers that keep the source text.
#pragma once

#include <cstdint>
#include <string_view>

namespace sekisho {

// Integer: neither fraction nor exponent. None: anything that is no JSON number, or that no double can hold.
enum class NumberForm : std::uint8_t { None, Integer, Fraction };

[[nodiscard]] NumberForm json_number_form(std::string_view text);

}  // namespace sekisho
