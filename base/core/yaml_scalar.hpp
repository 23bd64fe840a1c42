// What a plain YAML scalar is, or why it must be quoted. Only yaml's own files include it.
#pragma once

#include <string_view>

#include "base/core/json.hpp"

namespace sekisho {

// Errors: Code::YamlSyntax, without a place (the caller knows it).
[[nodiscard]] Result<Json> plain_scalar(std::string_view text);

}  // namespace sekisho
