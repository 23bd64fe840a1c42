// Pages of foreign sources: the first octet chooses format and character set; records are lines of valid UTF-8, each a
// strict JSON object.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/core/utf8.hpp"
#include "connectors/http/page.hpp"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  connectors::StreamPlan stream;
  stream.format = static_cast<connectors::BodyFormat>(data[0] & 3U);
  stream.select = "/*";
  stream.pager.kind = (data[0] & 4U) != 0 ? connectors::PagerKind::NextLink : connectors::PagerKind::BundleLink;
  std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
  (void)connectors::next_of_link(body);
  http::Headers headers;
  headers.set("Content-Type", (data[0] & 8U) != 0 ? "text/csv; charset=Shift_JIS" : "application/json");
  stream.bundle = stream.pager.kind == connectors::PagerKind::BundleLink;
  if (stream.bundle) stream.select = "/entry/*/resource";
  http::Url base;
  base.scheme = "http";
  base.host = "127.0.0.1";
  base.port = 80;
  const auto page = connectors::read_page(stream, base, headers, std::move(body));
  if (!page) return 0;
  RecordParser parser;
  for (const std::string& record : page->records) {
    if (record.find('\n') != std::string::npos || !valid_utf8(record)) std::abort();
    if (!connectors::check_record(parser, record)) std::abort();
  }
  return 0;
}
