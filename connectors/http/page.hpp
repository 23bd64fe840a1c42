// One page of a source: from the octets of an answer to records, and to the address of the next page. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/http/message.hpp"
#include "connectors/http/source_plan.hpp"

namespace sekisho::connectors {

struct Page {
  std::vector<std::string> records;  // each one line of JSON without its newline
  std::string next;                  // NextLink and BundleLink: a URL or path as the source wrote it; empty: none
};

// Errors: SourceFailed (HTML, not strict JSON, an error in the body, no array at `select`), AnswerTooLarge.
[[nodiscard]] Result<Page> read_page(const StreamPlan& stream, const http::Headers& headers, std::string body);

// The value at a JSON pointer; null when there is none.
[[nodiscard]] const Json* value_at(const Json& document, std::string_view pointer);

// The target of rel="next" (RFC 8288); empty when there is none or the field is not understood.
[[nodiscard]] std::string next_of_link(std::string_view field);

// Text in UTF-8. Shift_JIS and its kin are converted; SourceFailed for other names and for invalid octets.
[[nodiscard]] Result<std::string> to_utf8(std::string_view content_type, std::string body);

// RFC 4180; the first row names the members, every value is text. SourceFailed for rows of another length.
[[nodiscard]] Result<std::vector<std::string>> csv_records(std::string_view text);

}  // namespace sekisho::connectors
