#include "connectors/http/records.hpp"

#include "base/core/limits.hpp"
#include "connectors/http/page.hpp"

namespace sekisho::connectors {

Result<std::string> mapped(const StreamPlan& stream, std::string record) {
  if (!stream.map) return record;
  const Result<Json> document = parse_json(record, {.bytes = limits::kRecordBytes, .depth = limits::kRecordDepth});
  if (!document) return fail(Code::SourceFailed, "a record is not strict JSON", document.error());
  const Result<Json> out = stream.map->apply(*document);
  if (!out) return fail(Code::SourceFailed, "a record does not fit the mapping", out.error());
  return sekisho::to_text(*out);
}

Result<std::string> records_of_lines(const StreamPlan& stream, RecordParser& parser, std::string lines) {
  LineSplitter split(lines);
  std::string out;
  for (std::string_view line; split.next(line);) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    Status checked = check_record(parser, line);
    if (!checked) return fail(checked.error());
    if (!stream.map) continue;
    Result<std::string> record = mapped(stream, std::string(line));
    if (!record) return fail(record.error());
    out += *record + "\n";
  }
  return stream.map ? out : std::move(lines);
}

}  // namespace sekisho::connectors
