// The query parameters of EPCIS 2.0 (REST bindings, SimpleEventQuery): which exist and what each may hold.
//
// The 64 of the GS1 OpenAPI are listed. Others are made by pattern: sensor values with a unit (GE_value_CEL), and
// members of extensions, ilmd, sources and destinations (EQ_source_possessing_party, EQ_example:field,
// EQ_INNER_ILMD_ex:field).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.hpp"

namespace sekisho::schemas::epcis {

// Code::InvalidArgument with help "parameter" for a name that the standard does not know or a value of another form.
[[nodiscard]] Status check_parameter(std::string_view name, std::string_view value);

// Each once, and none that contradict (eventCountLimit with maxEventCount; orderDirection without orderBy).
[[nodiscard]] Status check_query(const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace sekisho::schemas::epcis
