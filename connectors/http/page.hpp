// One page of a source: from the octets of an answer to records, and to the address of the next page. Pure.
//
// A record is one strict JSON object of at most 1 MiB, in the source's own spelling but for white space between tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/core/json_stream.hpp"
#include "base/http/message.hpp"
#include "base/http/url.hpp"
#include "connectors/http/source_plan.hpp"

namespace sekisho::connectors {

struct Page {
  std::vector<std::string> records;  // each one line of JSON without its newline
  std::string next;  // NextLink, BundleLink: a URL or path; Header, Continuation: what was said; empty: none
};

// base: where the page came from; a Bundle's references to other hosts are refused.
// Errors: SourceFailed (HTML, not strict JSON, an error in the body, no array at `select`), AnswerTooLarge.
[[nodiscard]] Result<Page> read_page(const StreamPlan& stream, const http::Url& base, const http::Headers& headers,
                                     std::string body);

// The value at a JSON pointer; null when there is none.
[[nodiscard]] const Json* value_at(const Json& document, std::string_view pointer);

// SourceFailed for what is no record, AnswerTooLarge. The parser is lent.
[[nodiscard]] Status check_record(RecordParser& parser, std::string_view line);

// HTML and XML by their type or first octet.
[[nodiscard]] bool looks_like_html(std::string_view content_type, std::string_view body);

// " (word)" when a value is a short plain word, else nothing: what a source writes is not trusted with the log.
[[nodiscard]] std::string plain_word(const Json& value);

// The target of rel="next" (RFC 8288); empty when there is none or the field is not understood.
[[nodiscard]] std::string next_of_link(std::string_view field);

// Text in UTF-8. Shift_JIS and its kin are converted; SourceFailed for other names and for invalid octets.
[[nodiscard]] Result<std::string> to_utf8(std::string_view content_type, std::string body);

// RFC 4180; the first row names the members, every value is text. SourceFailed for rows of another length.
[[nodiscard]] Result<std::vector<std::string>> csv_records(std::string_view text);

}  // namespace sekisho::connectors
