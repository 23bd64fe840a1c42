// One value written by an operation, and the question whether a written value can be one. Internal to the shaper.
#pragma once

#include <string>
#include <string_view>

#include "base/core/json_stream.hpp"
#include "policy/field_op.hpp"
#include "policy/pseudonym.hpp"

namespace sekisho::policy {

// Appends one JSON value. A redaction takes every value, everything else leaves null as it is. Code::ViewError when the
// value is of another kind than the operation is for. pseudonyms: of the operation, when it is one.
[[nodiscard]] Status write_field(const FieldOp& op, const Pseudonyms* pseudonyms, const FieldValue& value,
                                 std::string& out);

// raw: source text of a scalar. Knows nothing of what was read.
[[nodiscard]] bool is_result_of(const FieldOp& op, std::string_view raw);

}  // namespace sekisho::policy
