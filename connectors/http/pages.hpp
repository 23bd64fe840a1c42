// Where a reader of a declarative source stands, and the requests that its paginator makes. Pure.
//
// `at` is what the paginator needs: a target for links, a number for page and offset, a token for continuation and
// header (empty: the first page). Cursor: {"v":1,"kind":"page","at":"3","skip":20}: the page to read again, and how
// many of its records are done; "etag" and "modified" when all are and the page can be asked for conditionally.
#pragma once

#include <string>

#include "base/http/url.hpp"
#include "connectors/http/caller.hpp"
#include "connectors/http/page.hpp"

namespace sekisho::connectors {

struct Position {
  std::string at;
  std::size_t skip = 0;
  std::string etag = {}, modified = {};
};

[[nodiscard]] std::string_view cursor_kind(PagerKind kind);
[[nodiscard]] Position first_position(const StreamPlan& stream);
[[nodiscard]] std::string write_cursor(const StreamPlan& stream, const Position& position);
// SourceFailed when it is no cursor of this stream.
[[nodiscard]] Result<Position> read_cursor(const StreamPlan& stream, std::string_view text);

[[nodiscard]] SourceCall call_for(const StreamPlan& stream, const Position& position);

// The path and query of a link of a page at `at`; SourceFailed when it is none or leads to another host.
[[nodiscard]] Result<std::string> target_of(const std::string& link, const http::Url& base, const std::string& at);

// The next page's position, or empty at the end. SourceFailed for a link to another host.
[[nodiscard]] Result<std::string> next_position(const StreamPlan& stream, const AuthPlan& auth, const http::Url& base,
                                                const std::string& at, const Page& page);

}  // namespace sekisho::connectors
