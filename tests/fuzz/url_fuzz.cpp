// URLs, targets and queries: an accepted one says the same when it is written again, and has no dot segments.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/http/url.hpp"

using namespace sekisho::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto url = parse_url(text)) {
    const auto again = parse_url(url->scheme + "://" + url->authority() + url->target());
    if (!again || again->host != url->host || again->port != url->port || again->path != url->path) std::abort();
  }
  if (const auto target = parse_target(text)) {
    std::string rebuilt = target->segments.empty() ? "/" : "";
    for (const auto& segment : target->segments) {
      if (segment == "." || segment == "..") std::abort();
      rebuilt += "/" + percent_encode(segment);
    }
    const auto again = parse_target(rebuilt);
    if (!again || again->segments != target->segments) std::abort();
  }
  if (const auto query = parse_query(text)) {
    if (query->size() > 64) std::abort();
  }
  return 0;
}
