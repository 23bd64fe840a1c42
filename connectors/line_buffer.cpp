#include "connectors/line_buffer.hpp"

#include "base/core/json.hpp"
#include "base/core/limits.hpp"
#include "base/core/utf8.hpp"

namespace sekisho::connectors {

namespace {

constexpr JsonLimits kRecordLimits{limits::kRecordBytes, limits::kRecordDepth, limits::kRecordValues};

bool is_blank(std::string_view line) { return line == "\n" || line == "\r\n"; }

Error too_long(std::string_view source) {
  return {Code::AnswerTooLarge, std::string(source) + ": a line over the limit"};
}

}  // namespace

void LineBuffer::finish() {
  finished_ = true;
  completed_ = !pending_.empty() && pending_.back() != '\n';
  if (completed_) pending_ += '\n';
}

Result<bool> LineBuffer::take(std::size_t records, std::size_t bytes, std::string_view source, Batch& out) {
  const std::size_t from = out.content.size();
  std::size_t start = 0;
  bool more = true;
  while (more) {
    const std::size_t newline = pending_.find('\n', start);
    if (newline == std::string::npos) break;
    const std::string_view line = std::string_view(pending_).substr(start, newline + 1 - start);
    if (!is_blank(line)) {
      if (line.size() > bytes) return fail(too_long(source));
      more = out.records < records && out.content.size() + line.size() <= bytes;
      if (!more) break;
      const bool last = completed_ && newline + 1 == pending_.size();
      if (last && !parse_json(line, kRecordLimits)) {
        return fail(Code::SourceFailed, std::string(source) + ": the last line is cut off");
      }
      out.content += line;
      ++out.records;
    }
    start = newline + 1;
  }
  pending_.erase(0, start);
  if (more && pending_.size() > bytes) return fail(too_long(source));
  // Lines end at newlines, so a piece of whole lines is valid exactly when each line is.
  if (!valid_utf8(std::string_view(out.content).substr(from))) {
    return fail(Code::SourceFailed, std::string(source) + ": not UTF-8");
  }
  return more;
}

}  // namespace sekisho::connectors
