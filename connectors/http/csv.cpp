#include "connectors/http/page.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kMaxColumns = 256;

using Row = std::vector<std::string>;

Error bad(const char* why) { return {Code::SourceFailed, std::string("the CSV ") + why}; }

// A quoted field from behind its opening quote; `at` ends behind the closing one.
Result<std::string> quoted(std::string_view text, std::size_t& at) {
  std::string out;
  for (; at < text.size(); ++at) {
    if (text[at] != '"') {
      out += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '"') {
      out += text[at++];
    } else {
      ++at;
      return out;
    }
  }
  return fail(bad("ends inside quotes"));
}

Result<Row> next_row(std::string_view text, std::size_t& at) {
  Row row;
  for (;;) {
    if (row.size() == kMaxColumns) return fail(bad("has more than 256 columns"));
    if (at < text.size() && text[at] == '"') {
      Result<std::string> field = quoted(text, ++at);
      if (!field) return fail(field.error());
      row.push_back(std::move(*field));
    } else {
      const std::size_t end = std::min(text.find_first_of(",\r\n", at), text.size());
      const std::string_view field = text.substr(at, end - at);
      if (field.find('"') != field.npos) return fail(bad("has a quote inside a field"));
      row.emplace_back(field);
      at = end;
    }
    if (at == text.size()) return row;
    const char mark = text[at++];
    if (mark == ',') continue;
    if (mark == '\r' && at < text.size() && text[at] == '\n') {
      ++at;
      return row;
    }
    if (mark == '\n') return row;
    return fail(bad("has text behind a quote"));
  }
}

}  // namespace

Result<std::vector<std::string>> csv_records(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<std::string> out;
  if (text.empty()) return out;
  std::size_t at = 0;
  const Result<Row> names = next_row(text, at);
  if (!names) return fail(names.error());
  while (at < text.size()) {
    const Result<Row> row = next_row(text, at);
    if (!row) return fail(row.error());
    if (row->size() == 1 && row->front().empty()) continue;
    if (row->size() != names->size()) return fail(bad("has a row of another length"));
    JsonObject record;
    for (std::size_t i = 0; i < row->size(); ++i) {
      if (!record.emplace((*names)[i], (*row)[i]).second) return fail(bad("names a column twice"));
    }
    out.push_back(sekisho::to_text(Json(std::move(record))));
  }
  return out;
}

}  // namespace sekisho::connectors
