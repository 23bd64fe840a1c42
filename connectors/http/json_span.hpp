// Where the parts of a JSON text stand, so that records leave a source in its own spelling: 1.50 stays 1.50.
//
// For text that parse_json has accepted; grammar is not checked again here, but no text whatever makes these read
// outside of it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::connectors {

// The text of the value at a JSON pointer; nothing when there is none.
[[nodiscard]] std::optional<std::string_view> raw_at(std::string_view json, std::string_view pointer);

// The texts of an array's elements, in order.
[[nodiscard]] std::vector<std::string_view> raw_elements(std::string_view array);

// Without the white space between the tokens: one line.
[[nodiscard]] std::string on_one_line(std::string_view json);

// One step of a JSON pointer, "~1" and "~0" undone.
[[nodiscard]] std::string pointer_step(std::string_view step);

}  // namespace sekisho::connectors
