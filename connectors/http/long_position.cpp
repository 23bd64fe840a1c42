#include "connectors/http/long_position.hpp"

#include <charconv>

#include "base/core/json.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kMaxTag = 512;

Error bad_cursor() { return {Code::SourceFailed, "the cursor is not of this stream"}; }

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return out;
}

struct Part {
  std::uint64_t from = 0;
  std::optional<std::uint64_t> size;
};

// "bytes 4096-8191/10000", or "/*" when the whole is not known (RFC 9110 section 14.4).
std::optional<Part> content_range(std::string_view field) {
  if (!field.starts_with("bytes ")) return std::nullopt;
  field.remove_prefix(6);
  const std::size_t dash = field.find('-');
  const std::size_t slash = field.find('/');
  if (dash == field.npos || slash == field.npos || slash < dash) return std::nullopt;
  const auto from = number(field.substr(0, dash));
  const auto last = number(field.substr(dash + 1, slash - dash - 1));
  const std::string_view whole = field.substr(slash + 1);
  const auto size = number(whole);
  if (!from || !last || *last < *from || (whole != "*" && !size)) return std::nullopt;
  // A part that ends before the whole does would look like the end.
  if (size && *last + 1 != *size) return std::nullopt;
  return Part{*from, size};
}

std::string tag(const http::Headers& headers, std::string_view name) {
  const std::string_view value = headers.get(name);
  return value.size() <= kMaxTag ? std::string(value) : std::string();
}

}  // namespace

std::string write_cursor(const LongPosition& position) {
  JsonObject out{{"v", 1}, {"kind", "octets"}, {"at", position.at}};
  if (position.size) out["size"] = *position.size;
  if (!position.etag.empty()) out["etag"] = position.etag;
  if (!position.modified.empty()) out["modified"] = position.modified;
  return sekisho::to_text(Json(std::move(out)));
}

Result<LongPosition> read_long_cursor(std::string_view text) {
  const Result<Json> document = parse_json(text, {.bytes = 4096, .depth = 2, .values = 8});
  if (!document || !document->is_object()) return fail(bad_cursor());
  const JsonObject& object = document->get_object();
  const Status known = only_members(object, {"v", "kind", "at", "size", "etag", "modified"});
  const Result<std::int64_t> version = get_integer(object, "v");
  const Result<std::string> kind = get_string(object, "kind");
  const Result<std::int64_t> at = get_integer(object, "at");
  const auto etag = get_optional_string(object, "etag");
  const auto modified = get_optional_string(object, "modified");
  if (!known || !version || !kind || !at || !etag || !modified) return fail(bad_cursor());
  if (*version != 1 || *kind != "octets" || *at < 0) return fail(bad_cursor());
  LongPosition out;
  out.at = static_cast<std::uint64_t>(*at);
  if (object.contains("size")) {
    const Result<std::int64_t> size = get_integer(object, "size");
    if (!size || *size < *at) return fail(bad_cursor());
    out.size = static_cast<std::uint64_t>(*size);
  }
  out.etag = etag->value_or("");
  out.modified = modified->value_or("");
  for (const std::string* word : {&out.etag, &out.modified}) {
    if (word->size() > kMaxTag || word->find_first_of("\r\n") != std::string::npos) return fail(bad_cursor());
  }
  if (out.at > 0 && !out.lasting()) return fail(bad_cursor());
  return out;
}

void ask_from(const LongPosition& position, http::Headers& headers) {
  if (position.at == 0) return;
  headers.add("Range", "bytes=" + std::to_string(position.at) + "-");
  const bool strong = position.etag.starts_with('"');  // RFC 9110 section 13.1.5
  if (strong) {
    headers.add("If-Range", position.etag);
  } else if (!position.modified.empty()) {
    headers.add("If-Range", position.modified);
  }
}

Result<std::uint64_t> go_on(const http::ClientResponse& head, LongPosition& position) {
  const std::string etag = tag(head.headers, "ETag");
  const std::string modified = tag(head.headers, "Last-Modified");
  Part part;
  if (head.status == 206) {
    const auto range = content_range(head.headers.get("Content-Range"));
    if (!range || range->from != position.at)
      return fail(Code::SourceFailed, "answered another part than was asked for");
    part = *range;
  } else {
    part.size = number(head.headers.get("Content-Length"));
  }
  if (position.at > 0) {
    const bool tagged = !position.etag.empty() || !position.modified.empty();
    const bool other_tag = (!position.etag.empty() && etag != position.etag) ||
                           (position.etag.empty() && !position.modified.empty() && modified != position.modified);
    // A part may come without the tags that were asked for with If-Range.
    const bool silent = head.status == 206 && etag.empty() && modified.empty() && head.headers.has("Content-Range");
    const bool other_size = position.size && part.size && *position.size != *part.size;
    const bool unknown = !tagged && (!position.size || !part.size);
    if ((other_tag && !silent) || other_size || unknown) {
      return fail(Code::SourceFailed, "has changed since the cursor, or cannot go on in the middle");
    }
  }
  const std::uint64_t passed = position.at - part.from;
  position.size = part.size ? part.size : position.size;
  if (!etag.empty()) position.etag = etag;
  if (!modified.empty()) position.modified = modified;
  return passed;
}

}  // namespace sekisho::connectors
