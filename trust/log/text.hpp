// Small strict pieces of the C2SP texts, shared by the parsers of this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sekisho::trust {

// Decimal without sign, space or leading zeros; nullopt over 2^64 - 1.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text);

// Well-formed UTF-8 (RFC 3629) without control characters below U+0020, except the newline.
[[nodiscard]] bool valid_note_text(std::string_view text);

[[nodiscard]] bool has_unicode_space(std::string_view text);

// The line at the front without its newline, which is cut off text; nullopt where no newline is left.
[[nodiscard]] std::optional<std::string_view> take_line(std::string_view& text);

}  // namespace sekisho::trust
