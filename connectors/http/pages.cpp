#include "connectors/http/pages.hpp"

#include <algorithm>

namespace sekisho::connectors {

namespace {

constexpr std::size_t kMaxToken = 4096;

Error bad_cursor() { return {Code::SourceFailed, "the cursor is not of this stream"}; }

// Without the API key that some sources repeat in their links.
std::string without_key(std::string_view target, const AuthPlan& auth) {
  const std::size_t mark = target.find('?');
  if (auth.kind != AuthKind::ApiKeyQuery || mark == target.npos) return std::string(target);
  std::string out(target.substr(0, mark));
  std::string_view rest = target.substr(mark + 1);
  char separator = '?';
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.substr(0, pair.find('=')) == auth.name) continue;
    out += separator;
    out += pair;
    separator = '&';
  }
  return out;
}

std::string with_parameter(std::string target, const std::string& name, const std::string& value) {
  return target + (target.find('?') == std::string::npos ? "?" : "&") + name + "=" + value;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_numbered(const PagerPlan& pager) { return pager.kind == PagerKind::Page || pager.kind == PagerKind::Offset; }

// Whether a page is found by its target.
bool is_linked(const PagerPlan& pager) {
  return !is_numbered(pager) && pager.kind != PagerKind::Continuation &&
         !(pager.kind == PagerKind::Header && !pager.parameter.empty());
}

bool is_token(std::string_view text) { return text.size() <= kMaxToken && std::ranges::none_of(text, is_control); }

bool is_at(const PagerPlan& pager, std::string_view at) {
  if (is_linked(pager)) return at.starts_with('/') && is_token(at);
  if (!is_numbered(pager)) return is_token(at);
  return !at.empty() && at.size() < 16 && at.find_first_not_of("0123456789") == at.npos;
}

std::string optional_text(const JsonObject& object, std::string_view name, bool& good) {
  const Result<std::optional<std::string>> text = get_optional_string(object, name);
  good = good && text && is_token(text->value_or(""));
  return text ? text->value_or("") : std::string();
}

}  // namespace

Result<std::string> target_of(const std::string& link, const http::Url& base, const std::string& at) {
  const auto bad = [](const char* why) {
    return fail(Code::SourceFailed, std::string("the link to the next page ") + why);
  };
  const bool odd = link.size() > kMaxToken || std::ranges::any_of(link, [](char c) {
                     return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '#';
                   });
  if (odd) return bad("is no URL");
  if (link.starts_with("//")) return bad("goes to another host");
  if (link.starts_with('/')) return link;
  if (link.starts_with('?')) return at.substr(0, at.find('?')) + link;
  const Result<http::Url> url = http::parse_url(link);
  if (!url) return bad("is no URL");
  if (url->host != base.host || url->port != base.port || url->scheme != base.scheme)
    return bad("goes to another host");
  return url->target();
}

std::string_view cursor_kind(PagerKind kind) {
  constexpr std::string_view kNames[] = {"single", "next_link",    "bundle_link", "page",
                                         "offset", "continuation", "header"};
  return kNames[static_cast<std::size_t>(kind)];
}

Position first_position(const StreamPlan& stream) {
  if (is_linked(stream.pager)) return {stream.path, 0};
  if (is_numbered(stream.pager)) return {std::to_string(stream.pager.first_number), 0};
  return {stream.pager.first, 0};
}

std::string write_cursor(const StreamPlan& stream, const Position& position) {
  JsonObject out{{"v", 1}, {"kind", cursor_kind(stream.pager.kind)}, {"at", position.at}, {"skip", position.skip}};
  if (!position.etag.empty()) out["etag"] = position.etag;
  if (!position.modified.empty()) out["modified"] = position.modified;
  return sekisho::to_text(Json(std::move(out)));
}

Result<Position> read_cursor(const StreamPlan& stream, std::string_view text) {
  const Result<Json> document = parse_json(text, {.bytes = 64U << 10, .depth = 2, .values = 8});
  if (!document || !document->is_object()) return fail(bad_cursor());
  const JsonObject& object = document->get_object();
  const Status known = only_members(object, {"v", "kind", "at", "skip", "etag", "modified"});
  const Result<std::int64_t> version = get_integer(object, "v");
  const Result<std::string> kind = get_string(object, "kind");
  const Result<std::string> at = get_string(object, "at");
  const Result<std::int64_t> skip = get_integer(object, "skip");
  bool good = known && version && kind && at && skip;
  Position out;
  out.etag = optional_text(object, "etag", good);
  out.modified = optional_text(object, "modified", good);
  if (!good || *version != 1 || *kind != cursor_kind(stream.pager.kind) || *skip < 0) return fail(bad_cursor());
  if (!is_at(stream.pager, *at)) return fail(bad_cursor());
  out.at = *at;
  out.skip = static_cast<std::size_t>(*skip);
  return out;
}

SourceCall call_for(const StreamPlan& stream, const Position& position) {
  const PagerPlan& pager = stream.pager;
  const std::string& at = position.at;
  SourceCall call;
  call.fields = stream.headers;
  call.headers.add("Accept", stream.accept);
  if (!position.etag.empty()) call.headers.add("If-None-Match", position.etag);
  if (!position.modified.empty()) call.headers.add("If-Modified-Since", position.modified);
  call.target = is_linked(pager) ? at : stream.path;
  if (pager.kind == PagerKind::Continuation || pager.kind == PagerKind::Header) {
    if (!pager.request_header.empty()) call.headers.set(pager.request_header, at);
    if (!pager.parameter.empty() && !at.empty()) {
      call.target = with_parameter(std::move(call.target), pager.parameter, http::percent_encode(at));
    }
  }
  if (is_numbered(pager)) {
    call.target = with_parameter(std::move(call.target), pager.parameter, at);
    if (!pager.size_parameter.empty() && pager.size > 0) {
      call.target = with_parameter(std::move(call.target), pager.size_parameter, std::to_string(pager.size));
    }
  }
  return call;
}

Result<std::string> next_position(const StreamPlan& stream, const AuthPlan& auth, const http::Url& base,
                                  const std::string& at, const Page& page) {
  const PagerPlan& pager = stream.pager;
  if (pager.kind == PagerKind::Single) return std::string();
  if (is_numbered(pager)) {
    if (page.records.empty()) return std::string();
    const std::int64_t step = pager.kind == PagerKind::Page ? 1 : static_cast<std::int64_t>(page.records.size());
    return std::to_string(std::stoll(at) + step);
  }
  if (page.next.empty() || (pager.kind == PagerKind::Continuation && page.next == pager.end)) return std::string();
  if (is_linked(pager)) {
    Result<std::string> target = target_of(page.next, base, at);
    if (!target) return target;
    return without_key(*target, auth);
  }
  if (!is_token(page.next)) return fail(Code::SourceFailed, "the next page's token is over 4,096 octets or no text");
  return page.next;
}

}  // namespace sekisho::connectors
