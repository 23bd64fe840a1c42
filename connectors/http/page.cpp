#include "connectors/http/page.hpp"

#include <algorithm>

#include "base/core/limits.hpp"
#include "connectors/http/bundle.hpp"
#include "connectors/http/json_span.hpp"

namespace sekisho::connectors {

namespace {

constexpr JsonLimits kPageLimits{16U << 20, limits::kRecordDepth, 1'000'000};

Error bad(std::string why) { return {Code::SourceFailed, std::move(why)}; }

bool says_error(const Json* value) {
  if (value == nullptr || value->is_null()) return false;
  if (value->is_bool()) return value->get_bool();
  if (value->is_string()) return !value->get_string().empty();
  return true;
}

// One answer on its way to records: the document for what is looked up, its text for what is copied.
struct Reading {
  const StreamPlan& stream;
  const http::Url& base;
  const Json& document;
  std::string_view text;
  RecordParser parser;
  Page page;

  Status add(std::string_view raw) {
    std::string line = on_one_line(raw);
    Status checked = check_record(parser, line);
    if (!checked) return checked;
    page.records.push_back(std::move(line));
    return {};
  }

  // An element of the list that `select` names; rest: the pointer inside of it.
  Status add_element(const Json& element, std::string_view raw, std::string_view rest) {
    if (stream.bundle) {
      Result<bool> outcome = is_outcome(element);
      if (!outcome) return fail(outcome.error());
      if (*outcome) return {};
    }
    const Json* record = value_at(element, rest);
    const std::optional<std::string_view> part = raw_at(raw, rest);
    if (record == nullptr || !part) return fail(bad("an element has nothing at " + std::string(rest)));
    if (stream.bundle && !stream.foreign_references) {
      Status local = check_references(*record, base);
      if (!local) return local;
    }
    return add(*part);
  }

  Status select() {
    const std::string_view pointer = stream.select;
    const std::size_t star = pointer.find("/*");
    if (star == pointer.npos) {
      const std::optional<std::string_view> one = raw_at(text, pointer);
      return one ? add(*one) : fail(bad("the answer has nothing at " + std::string(pointer)));
    }
    const std::string_view where = pointer.substr(0, star);
    const Json* list = value_at(document, where);
    // A Bundle without matches has no entry at all.
    if (list == nullptr && stream.bundle) return {};
    if (list == nullptr || !list->is_array()) return fail(bad("the answer has no array at " + std::string(where)));
    const std::vector<std::string_view> raws = raw_elements(raw_at(text, where).value_or(std::string_view()));
    const JsonArray& elements = list->get_array();
    if (raws.size() != elements.size()) return fail(bad("the answer is not strict JSON"));
    for (std::size_t i = 0; i < elements.size(); ++i) {
      Status added = add_element(elements[i], raws[i], pointer.substr(star + 2));
      if (!added) return added;
    }
    return {};
  }
};

// {"rel": "next", "href": …} among the links of a document; those that say another type than JSON come last.
std::string next_of_links(const JsonArray& links) {
  std::string other;
  for (const Json& link : links) {
    const Json* relation = value_at(link, "/rel");
    const Json* target = value_at(link, "/href");
    const bool next = relation != nullptr && target != nullptr && *relation == Json("next") && target->is_string();
    if (!next) continue;
    const Json* type = value_at(link, "/type");
    const bool json = type == nullptr || !type->is_string() || type->get_string().find("json") != std::string::npos;
    if (json) return std::string(target->get_string());
    other = std::string(target->get_string());
  }
  return other;
}

std::string next_in_body(const Json& document, const PagerPlan& pager) {
  if (pager.kind == PagerKind::BundleLink) return bundle_next(document);
  if (pager.pointer.empty()) return {};
  const Json* next = value_at(document, pager.pointer);
  if (next == nullptr) return {};
  if (next->is_array()) return next_of_links(next->get_array());
  if (next->is_int64()) return to_text(*next);
  return next->is_string() ? std::string(next->get_string()) : std::string();
}

Result<Page> json_page(const StreamPlan& stream, const http::Url& base, const std::string& body) {
  const Result<Json> document = parse_json(body, kPageLimits);
  if (!document) return fail(Code::SourceFailed, "the answer is not strict JSON", document.error());
  if (!stream.error_pointer.empty()) {
    const Json* problem = value_at(*document, stream.error_pointer);
    if (says_error(problem)) return fail(bad("the source answered an error" + plain_word(*problem)));
  }
  if (stream.bundle) {
    Status bundle = check_bundle(*document);
    if (!bundle) return fail(bundle.error());
  }
  Reading reading{stream, base, *document, body, RecordParser(), Page()};
  Status selected = reading.select();
  if (!selected) return fail(selected.error());
  reading.page.next = next_in_body(*document, stream.pager);
  return std::move(reading.page);
}

Result<Page> ndjson_page(std::string_view body) {
  Page page;
  RecordParser parser;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    Status checked = check_record(parser, line);
    if (!checked) return fail(checked.error());
    page.records.emplace_back(line);
  }
  return page;
}

Result<Page> any_page(const StreamPlan& stream, const http::Url& base, const std::string& body) {
  if (stream.format == BodyFormat::Ndjson) return ndjson_page(body);
  if (stream.format != BodyFormat::Csv) return json_page(stream, base, body);
  Result<std::vector<std::string>> records = csv_records(body);
  if (!records) return fail(records.error());
  return Page{std::move(*records), {}};
}

// A hub that was asked for pages of a size says with each whether another follows: an empty field is the end, none is a
// part that would look whole.
bool lost_its_way(const StreamPlan& stream, const http::Headers& headers, const Page& page) {
  const PagerPlan& pager = stream.pager;
  return pager.kind == PagerKind::Continuation && pager.pointer.empty() && !page.records.empty() &&
         stream.path.find("$top=") != std::string::npos && !headers.has(pager.response_header);
}

std::string next_in_fields(const PagerPlan& pager, const http::Headers& headers) {
  if (pager.kind == PagerKind::NextLink) return next_of_link(headers.get("Link"));
  return std::string(headers.get(pager.response_header));
}

}  // namespace

Status check_record(RecordParser& parser, std::string_view line) {
  if (line.size() > limits::kRecordBytes) return fail(Code::AnswerTooLarge, "a record is over 1 MiB");
  if (!line.starts_with('{')) return fail(Code::SourceFailed, "a record is no JSON object");
  const Result<RecordView> record = parser.parse(line);
  if (record) return {};
  const Code code = record.error().code == Code::LimitExceeded ? Code::AnswerTooLarge : Code::SourceFailed;
  return fail(code, "a record is not strict JSON", record.error());
}

bool looks_like_html(std::string_view content_type, std::string_view body) {
  const std::size_t at = body.find_first_not_of(" \t\r\n");
  return content_type.starts_with("text/html") || content_type.starts_with("application/xhtml") ||
         (at != body.npos && body[at] == '<');
}

std::string plain_word(const Json& value) {
  const std::string text = value.is_string() ? std::string(value.get_string()) : sekisho::to_text(value);
  const bool plain = text.size() <= 40 && std::ranges::all_of(text, [](char c) {
                       return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                              c == '-' || c == '.';
                     });
  return plain ? " (" + text + ")" : "";
}

const Json* value_at(const Json& document, std::string_view pointer) {
  const Json* at = &document;
  while (at != nullptr && !pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    const std::string token = pointer_step(pointer.substr(0, end));
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

Result<Page> read_page(const StreamPlan& stream, const http::Url& base, const http::Headers& headers,
                       std::string body) {
  if (headers.has("Content-Encoding")) return fail(bad("the answer has a content coding that was not asked for"));
  const std::string_view type = headers.get("Content-Type");
  if (looks_like_html(type, body)) return fail(bad("the source answered HTML or XML"));
  const Result<std::string> text = to_utf8(type, std::move(body));
  if (!text) return fail(text.error());
  Result<Page> page = any_page(stream, base, *text);
  if (!page) return page;
  if (lost_its_way(stream, headers, *page)) return fail(bad("a page does not say whether another follows"));
  if (stream.pager.pointer.empty() && stream.pager.kind != PagerKind::BundleLink) {
    page->next = next_in_fields(stream.pager, headers);
  }
  return page;
}

}  // namespace sekisho::connectors
