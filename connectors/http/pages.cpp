#include "connectors/http/pages.hpp"

#include <algorithm>

namespace sekisho::connectors {

namespace {

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

Result<std::string> target_of(const std::string& link, const http::Url& base, const std::string& at) {
  const auto bad = [](const char* why) {
    return fail(Code::SourceFailed, std::string("the link to the next page ") + why);
  };
  const bool odd = link.size() > 4096 || std::ranges::any_of(link, [](char c) {
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

std::string with_parameter(std::string target, const std::string& name, const std::string& value) {
  return target + (target.find('?') == std::string::npos ? "?" : "&") + name + "=" + value;
}

}  // namespace

std::string_view cursor_kind(PagerKind kind) {
  constexpr std::string_view kNames[] = {"single", "next_link", "bundle_link", "page", "offset", "continuation"};
  return kNames[static_cast<std::size_t>(kind)];
}

Position first_position(const StreamPlan& stream) {
  switch (stream.pager.kind) {
    case PagerKind::Page:
    case PagerKind::Offset: return {std::to_string(stream.pager.first_number), 0};
    case PagerKind::Continuation: return {stream.pager.first, 0};
    default: return {stream.path, 0};
  }
}

std::string write_cursor(const StreamPlan& stream, const Position& position) {
  return to_text(
      Json{{"v", 1}, {"kind", cursor_kind(stream.pager.kind)}, {"at", position.at}, {"skip", position.skip}});
}

Result<Position> read_cursor(const StreamPlan& stream, std::string_view text) {
  const Result<Json> document = parse_json(text, {.bytes = 64U << 10, .depth = 2, .values = 8});
  if (!document || !document->is_object()) return fail(bad_cursor());
  const JsonObject& object = document->get_object();
  const Status known = only_members(object, {"v", "kind", "at", "skip"});
  const Result<std::int64_t> version = get_integer(object, "v");
  const Result<std::string> kind = get_string(object, "kind");
  const Result<std::string> at = get_string(object, "at");
  const Result<std::int64_t> skip = get_integer(object, "skip");
  const bool whole = known && version && kind && at && skip;
  if (!whole || *version != 1 || *kind != cursor_kind(stream.pager.kind) || *skip < 0) return fail(bad_cursor());
  const bool number = stream.pager.kind == PagerKind::Page || stream.pager.kind == PagerKind::Offset;
  const bool link = !number && stream.pager.kind != PagerKind::Continuation;
  const bool digits = !at->empty() && at->size() < 16 && at->find_first_not_of("0123456789") == std::string::npos;
  const bool control =
      std::ranges::any_of(*at, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (control || (number && !digits) || (link && !at->starts_with('/'))) return fail(bad_cursor());
  return Position{*at, static_cast<std::size_t>(*skip)};
}

SourceCall call_for(const StreamPlan& stream, const std::string& at) {
  const PagerPlan& pager = stream.pager;
  SourceCall call;
  call.headers.add("Accept", stream.accept);
  call.target = stream.path;
  if (pager.kind == PagerKind::NextLink || pager.kind == PagerKind::BundleLink) call.target = at;
  if (pager.kind == PagerKind::Continuation) call.headers.set(pager.request_header, at);
  if (pager.kind == PagerKind::Page || pager.kind == PagerKind::Offset) {
    call.target = with_parameter(std::move(call.target), pager.parameter, at);
    if (!pager.size_parameter.empty() && pager.size > 0) {
      call.target = with_parameter(std::move(call.target), pager.size_parameter, std::to_string(pager.size));
    }
  }
  return call;
}

Result<std::string> next_position(const StreamPlan& stream, const AuthPlan& auth, const http::Url& base,
                                  const std::string& at, const Page& page, const http::Headers& headers) {
  const PagerPlan& pager = stream.pager;
  switch (pager.kind) {
    case PagerKind::Single: return std::string();
    case PagerKind::NextLink:
    case PagerKind::BundleLink: {
      if (page.next.empty()) return std::string();
      Result<std::string> target = target_of(page.next, base, at);
      if (!target) return target;
      return without_key(*target, auth);
    }
    case PagerKind::Page:
    case PagerKind::Offset: {
      if (page.records.empty()) return std::string();
      const std::int64_t step = pager.kind == PagerKind::Page ? 1 : static_cast<std::int64_t>(page.records.size());
      return std::to_string(std::stoll(at) + step);
    }
    case PagerKind::Continuation: {
      const std::string token(headers.get(pager.response_header));
      return token == pager.end ? std::string() : token;
    }
  }
  return std::string();
}

}  // namespace sekisho::connectors
