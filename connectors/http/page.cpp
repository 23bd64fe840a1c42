#include "connectors/http/page.hpp"

#include <algorithm>

#include "base/core/limits.hpp"

namespace sekisho::connectors {

namespace {

constexpr JsonLimits kPageLimits{16U << 20, limits::kRecordDepth, 1'000'000};

Error bad(std::string why) { return {Code::SourceFailed, std::move(why)}; }

std::string unescape(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape = token[i] == '~' && i + 1 < token.size();
    out += escape ? (token[++i] == '1' ? '/' : '~') : token[i];
  }
  return out;
}

bool looks_like_html(std::string_view content_type, std::string_view body) {
  const std::size_t at = body.find_first_not_of(" \t\r\n");
  return content_type.starts_with("text/html") || content_type.starts_with("application/xhtml") ||
         (at != body.npos && body[at] == '<');
}

bool says_error(const Json* value) {
  if (value == nullptr || value->is_null()) return false;
  if (value->is_bool()) return value->get_bool();
  if (value->is_string()) return !value->get_string().empty();
  return true;
}

// Short and plain, or nothing: what a source writes is not trusted with the operator's log.
std::string plain_word(const Json& value) {
  const std::string text = value.is_string() ? std::string(value.get_string()) : to_text(value);
  const bool plain = text.size() <= 40 && std::ranges::all_of(text, [](char c) {
                       return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                              c == '-' || c == '.';
                     });
  return plain ? " (" + text + ")" : "";
}

Status add_record(const Json& record, Page& page) {
  std::string line = to_text(record);
  if (line.size() > limits::kRecordBytes) return fail(Code::AnswerTooLarge, "a record is over 1 MiB");
  page.records.push_back(std::move(line));
  return {};
}

Status select_records(const Json& document, std::string_view select, Page& page) {
  const std::size_t star = select.find("/*");
  if (star == select.npos) {
    const Json* one = value_at(document, select);
    return one == nullptr ? fail(bad("the answer has nothing at " + std::string(select))) : add_record(*one, page);
  }
  const Json* list = value_at(document, select.substr(0, star));
  const std::string_view rest = select.substr(star + 2);
  if (list == nullptr || !list->is_array())
    return fail(bad("the answer has no array at " + std::string(select.substr(0, star))));
  for (const Json& element : list->get_array()) {
    const Json* record = value_at(element, rest);
    if (record == nullptr) return fail(bad("an element has nothing at " + std::string(rest)));
    Status added = add_record(*record, page);
    if (!added) return added;
  }
  return {};
}

std::string bundle_next(const Json& document) {
  const Json* links = value_at(document, "/link");
  if (links == nullptr || !links->is_array()) return {};
  for (const Json& link : links->get_array()) {
    const Json* relation = value_at(link, "/relation");
    const Json* url = value_at(link, "/url");
    if (relation != nullptr && url != nullptr && *relation == Json("next") && url->is_string())
      return std::string(url->get_string());
  }
  return {};
}

Result<Page> json_page(const StreamPlan& stream, const std::string& body) {
  const Result<Json> document = parse_json(body, kPageLimits);
  if (!document) return fail(Code::SourceFailed, "the answer is not strict JSON", document.error());
  if (!stream.error_pointer.empty()) {
    const Json* problem = value_at(*document, stream.error_pointer);
    if (says_error(problem)) return fail(bad("the source answered an error" + plain_word(*problem)));
  }
  Page page;
  const bool bundle = stream.pager.kind == PagerKind::BundleLink;
  const Json* type = bundle ? value_at(*document, "/resourceType") : nullptr;
  if (bundle && (type == nullptr || *type != Json("Bundle"))) return fail(bad("the answer is no Bundle"));
  // A Bundle without matches has no entry at all.
  if (!bundle || value_at(*document, "/entry") != nullptr) {
    Status selected = select_records(*document, stream.select, page);
    if (!selected) return fail(selected.error());
  }
  if (bundle) page.next = bundle_next(*document);
  if (stream.pager.kind == PagerKind::NextLink && !stream.pager.pointer.empty()) {
    const Json* next = value_at(*document, stream.pager.pointer);
    if (next != nullptr && next->is_string()) page.next = std::string(next->get_string());
  }
  return page;
}

Result<Page> ndjson_page(std::string_view body) {
  Page page;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const Result<Json> record = parse_json(line);
    if (!record) return fail(Code::SourceFailed, "a line of the answer is not strict JSON", record.error());
    page.records.emplace_back(line);
  }
  return page;
}

Result<Page> any_page(const StreamPlan& stream, const std::string& body) {
  if (stream.format == BodyFormat::Ndjson) return ndjson_page(body);
  if (stream.format != BodyFormat::Csv) return json_page(stream, body);
  Result<std::vector<std::string>> records = csv_records(body);
  if (!records) return fail(records.error());
  return Page{std::move(*records), {}};
}

}  // namespace

const Json* value_at(const Json& document, std::string_view pointer) {
  const Json* at = &document;
  while (at != nullptr && !pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    const std::string token = unescape(pointer.substr(0, end));
    pointer.remove_prefix(end);
    if (at->is_object()) {
      at = at->get_object().if_contains(token);
    } else if (at->is_array() && !token.empty() && token.size() < 7 &&
               token.find_first_not_of("0123456789") == token.npos) {
      at = at->get_array().if_contains(std::stoul(token));
    } else {
      at = nullptr;
    }
  }
  return at;
}

std::string next_of_link(std::string_view field) {
  while (!field.empty()) {
    const std::size_t open = field.find('<');
    const std::size_t close = field.find('>', open);
    if (open == field.npos || close == field.npos) return {};
    const std::string_view target = field.substr(open + 1, close - open - 1);
    const std::size_t following = field.find('<', close);
    const std::string_view parameters = field.substr(close, following == field.npos ? field.npos : following - close);
    if (parameters.find("rel=\"next\"") != parameters.npos || parameters.find("rel=next") != parameters.npos)
      return std::string(target);
    field = following == field.npos ? std::string_view() : field.substr(following);
  }
  return {};
}

Result<Page> read_page(const StreamPlan& stream, const http::Headers& headers, std::string body) {
  if (headers.has("Content-Encoding")) return fail(bad("the answer has a content coding that was not asked for"));
  const std::string_view type = headers.get("Content-Type");
  if (looks_like_html(type, body)) return fail(bad("the source answered HTML or XML"));
  const Result<std::string> text = to_utf8(type, std::move(body));
  if (!text) return fail(text.error());
  Result<Page> page = any_page(stream, *text);
  if (!page) return page;
  if (stream.pager.kind == PagerKind::NextLink && stream.pager.pointer.empty())
    page->next = next_of_link(headers.get("Link"));
  return page;
}

}  // namespace sekisho::connectors
