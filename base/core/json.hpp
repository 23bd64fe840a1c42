// Strict JSON (RFC 8259, I-JSON's unique names) as one document value, and canonical JSON (RFC 8785).
//
// parse_json refuses: duplicate names, invalid UTF-8, comments, trailing text, NUL in names, depth or size over
// the limits, integers beyond ±2^53 in any spelling (they would be read differently elsewhere; from 1e21 on, canonical
// JSON writes an exponent and no integer is meant), numbers that overflow or underflow a double, lone surrogates.
// The error names the byte offset where the parser stopped. The value type is Boost.JSON's; this header is the only place that says so.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho {

using Json = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

struct JsonLimits {
  std::size_t bytes = 1U << 20;
  std::size_t depth = 32;
  std::size_t values = 100'000;  // members and elements together
};

[[nodiscard]] Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

// Serialised in the order of the members; for documents that nobody signs.
[[nodiscard]] std::string to_text(const Json& value);

// RFC 8785: sorted names by UTF-16 code units, ECMAScript numbers, minimal escapes. Fails for what JCS cannot say.
[[nodiscard]] Result<std::string> canonical_json(const Json& value);

// Typed access that names the member in its error (Code::JsonShape, help "pointer").
[[nodiscard]] Result<std::string> get_string(const JsonObject& object, std::string_view name);
[[nodiscard]] Result<std::int64_t> get_integer(const JsonObject& object, std::string_view name);
[[nodiscard]] Result<const JsonObject*> get_object(const JsonObject& object, std::string_view name);
[[nodiscard]] Result<const JsonArray*> get_array(const JsonObject& object, std::string_view name);
// Absent is nullopt; present with another type is an error.
[[nodiscard]] Result<std::optional<std::string>> get_optional_string(const JsonObject& object, std::string_view name);
// Refuses any member that is not in the list: the shape of everything that is signed.
[[nodiscard]] Status only_members(const JsonObject& object, std::initializer_list<std::string_view> names);

}  // namespace sekisho
