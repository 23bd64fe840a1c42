// URLs and request targets, strictly (RFC 3986; what is ambiguous is refused, nothing is repaired).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.hpp"

namespace sekisho::http {

struct Url {
  std::string scheme;                           // "http" or "https"
  std::string host;                             // lower case; an IPv6 literal without its brackets
  std::uint16_t port = 0;                       // the scheme's own when none is written
  std::string path;                             // raw, "/" when empty
  std::string query;                            // raw, without "?"
  [[nodiscard]] std::string target() const;     // path and query
  [[nodiscard]] std::string authority() const;  // host, and port where it is not the scheme's own
};

// Absolute http or https URLs without user info and fragment. Code::UriSyntax.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

struct Target {
  std::string path;                   // decoded
  std::vector<std::string> segments;  // decoded one by one; "/" has none
  std::string query;                  // raw
};

// origin-form. Refused: a segment that is empty (but for one trailing slash, which gives an empty last segment), "."
// or ".." in any spelling, bad percent triplets, decoded control characters, invalid UTF-8, "#". Code::UriSyntax.
[[nodiscard]] Result<Target> parse_target(std::string_view origin_form);

using Query = std::vector<std::pair<std::string, std::string>>;
// name=value&…, percent-decoded, "+" is a space (as curl and browsers send forms). At most 64 pairs.
[[nodiscard]] Result<Query> parse_query(std::string_view raw);

[[nodiscard]] Result<std::string> percent_decode(std::string_view text);
[[nodiscard]] std::string percent_encode(std::string_view text);  // everything but unreserved

}  // namespace sekisho::http
