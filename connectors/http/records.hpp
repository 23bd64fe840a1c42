// What every reader of an HTTP source does with a record: the mapping, and the last look at lines. Pure.
#pragma once

#include <string>

#include "base/core/json_stream.hpp"
#include "connectors/http/source_plan.hpp"

namespace sekisho::connectors {

// The record as the stream's mapping writes it; as it is without one. SourceFailed for a record it is not made for.
[[nodiscard]] Result<std::string> mapped(const StreamPlan& stream, std::string record);

// Lines that each are a record (page.hpp), mapped. SourceFailed, AnswerTooLarge.
[[nodiscard]] Result<std::string> records_of_lines(const StreamPlan& stream, RecordParser& parser, std::string lines);

}  // namespace sekisho::connectors
