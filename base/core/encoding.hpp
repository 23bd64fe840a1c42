// Strict text encodings (RFC 4648). Decoders refuse other alphabets, white space, wrong padding and
// non-zero trailing bits, so that one value has exactly one spelling.
#pragma once

#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho {

[[nodiscard]] std::string to_hex(BytesView bytes);                  // lower case
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);        // lower case only
[[nodiscard]] Result<Digest> digest_from_hex(std::string_view text);  // exactly 64 digits

[[nodiscard]] std::string to_base64(BytesView bytes);               // with padding
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);     // padding required

[[nodiscard]] std::string to_base64url(BytesView bytes);            // without padding
[[nodiscard]] Result<Bytes> from_base64url(std::string_view text);  // padding refused

}  // namespace sekisho
