// Typed access to the members of protocol messages, for the parsers of this room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/dataspace/messages.hpp"

namespace sekisho::node {

// JSON_SHAPE naming the member.
[[nodiscard]] std::unexpected<Error> shape_error(std::string_view pointer, std::string_view what);

// A process, agreement or dataset id: 1 … 256 octets, none of them a control character or a space.
[[nodiscard]] bool acceptable_id(std::string_view id);
[[nodiscard]] Result<std::string> get_id(const JsonObject& object, std::string_view name);
[[nodiscard]] Result<ProcessIds> get_ids(const JsonObject& object);
// Absent is nullopt; longer than the limit is an error.
[[nodiscard]] Result<std::optional<std::string>> get_text(const JsonObject& object, std::string_view name, std::size_t limit);

// "@context" as C3 of the protocol wants it, and the constant "@type".
[[nodiscard]] Status check_head(const JsonObject& object, std::string_view type);

}  // namespace sekisho::node
