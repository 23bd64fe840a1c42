#include <charconv>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/gzip.hpp"
#include "base/crypto/digest.hpp"
#include "base/http/url.hpp"
#include "node/dataspace/catalog_service.hpp"
#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kWorthPacking = 1024;
constexpr std::size_t kLongestFilter = 4096;

http::Response catalog_error(const Error& error) {
  const ErrorDocument document{{}, std::string(error.name()), reason_of(error)};
  return http::json_response(code_info(error.code).http, to_body(document, "CatalogError"));
}

std::unexpected<Error> wrong_parameter(std::string_view name) {
  return fail(Error(Code::InvalidArgument, fmt::format("query parameter {} cannot be read", name))
                  .with("parameter", std::string(name)));
}

// "a" or "b" and an id: after it, or before it.
std::string token(char side, std::string_view id) { return to_base64url(as_bytes(fmt::format("{}{}", side, id))); }

Status read_token(std::string_view text, CatalogAsk& ask) {
  const Result<Bytes> plain = from_base64url(text);
  if (!plain || plain->size() < 2 || plain->size() > 256) return wrong_parameter("continuationToken");
  const std::string_view place = as_text(*plain);
  if (place[0] != 'a' && place[0] != 'b') return wrong_parameter("continuationToken");
  (place[0] == 'a' ? ask.after : ask.before) = place.substr(1);
  return {};
}

struct Asked {
  CatalogAsk ask;
  std::string filter;  // canonical text; empty without one
};

Result<Asked> read(const http::Request& request) {
  Asked out;
  JsonArray filter;
  if (request.method != "GET") {
    Result<JsonArray> sent = parse_catalog_request(request.body);
    if (!sent) return fail(sent.error());
    filter = std::move(*sent);
  }
  Result<http::Query> query = http::parse_query(request.query);
  if (!query) return fail(query.error());
  bool limited = false;  // a link says it last
  for (const auto& [name, value] : *query) {
    if (name == "continuationToken") {
      Status token = read_token(value, out.ask);
      if (!token) return fail(token.error());
    } else if (name == "limit") {
      limited = true;
      const auto end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, out.ask.limit);
      if (read.ec != std::errc() || read.ptr != end || out.ask.limit == 0 || out.ask.limit > CatalogAsk::kMost)
        return wrong_parameter(name);
    } else if (name == "filter") {
      // A link carries the filter, so that it can be followed with either method; the message's own comes first.
      Result<Json> linked = parse_json(value);
      if (!linked || !linked->is_array()) return wrong_parameter(name);
      if (filter.empty()) filter = linked->get_array();
    }
  }
  if (filter.empty()) return out;
  Result<CatalogFilter> parsed = CatalogFilter::parse(filter);
  if (!parsed) return fail(parsed.error());
  if (!limited && parsed->limit() > 0) out.ask.limit = std::min(parsed->limit(), CatalogAsk::kMost);
  out.ask.offset = parsed->offset();
  out.ask.filter = std::move(*parsed);
  out.filter = to_text(filter);
  if (out.filter.size() > kLongestFilter) return fail(Code::LimitExceeded, "the catalogue filter is longer than 4 KiB");
  return out;
}

std::string link(const Catalog& catalog, const Asked& asked, const std::string& token, std::string_view relation) {
  std::string filter;
  if (!asked.filter.empty()) filter = "&filter=" + http::percent_encode(asked.filter);
  return fmt::format("<https://{}{}?continuationToken={}&limit={}{}>; rel=\"{}\"", catalog.dns(), kCatalogTarget, token,
                     asked.ask.limit, filter, relation);
}

bool accepts_gzip(std::string_view accepted) {
  while (!accepted.empty()) {
    const std::size_t comma = std::min(accepted.find(','), accepted.size());
    std::string_view coding = accepted.substr(0, comma);
    accepted.remove_prefix(std::min(comma + 1, accepted.size()));
    while (coding.starts_with(' ')) coding.remove_prefix(1);
    if (!coding.starts_with("gzip")) continue;
    coding.remove_prefix(4);
    return coding.find("q=0") == coding.npos || coding.find("q=0.") != coding.npos;
  }
  return false;
}

// ETag, 304 and gzip.
http::Response document(const http::Request& request, std::string text) {
  const bool packed = text.size() >= kWorthPacking && accepts_gzip(request.headers.get("Accept-Encoding"));
  const Digest digest = sha256(as_bytes(text));
  const std::string etag = fmt::format("\"{}{}\"", to_hex(BytesView(digest).first(16)), packed ? "-gzip" : "");
  http::Response response;
  response.headers.set("ETag", etag);
  response.headers.set("Vary", "Accept-Encoding");
  response.headers.set("Cache-Control", "private, no-cache");
  if (request.headers.get("If-None-Match") == etag) {
    response.status = 304;
    return response;
  }
  response.headers.set("Content-Type", "application/json");
  if (packed) {
    response.headers.set("Content-Encoding", "gzip");
    const Bytes small = gzip(as_bytes(text));
    text.assign(as_text(small));
  }
  response.body = std::move(text);
  return response;
}

}  // namespace

http::Response on_catalog_request(const Catalog& catalog, const trust::PeerIdentity& peer, const http::Request& request,
                                  Instant now) {
  const Result<Asked> asked = read(request);
  if (!asked) return catalog_error(asked.error());
  CatalogPage page = catalog.index()->page(asked->ask, {peer.did, peer.zone, now});
  http::Response response = document(request, std::move(page.text));
  if (!page.next_after.empty())
    response.headers.add("Link", link(catalog, *asked, token('a', page.next_after), "next"));
  if (!page.previous_before.empty()) {
    const std::string before = token('b', page.previous_before);
    response.headers.add("Link", link(catalog, *asked, before, "previous"));
    response.headers.add("Link", link(catalog, *asked, before, "prev"));
  }
  return response;
}

http::Response on_dataset(const Catalog& catalog, const trust::PeerIdentity& peer, std::string_view id, Instant now) {
  Result<std::string> text = catalog.index()->dataset(id, {peer.did, peer.zone, now});
  if (!text) return catalog_error(text.error());
  return http::json_response(200, std::move(*text));
}

}  // namespace sekisho::node
