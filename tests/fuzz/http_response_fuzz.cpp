// An answer from a peer: its head and framing for a GET and a HEAD.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/http/head.hpp"

using namespace sekisho::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  HeadScanner scanner{HeadLimits{}};
  const auto end = scanner.scan(text);
  if (!end || *end == 0) return 0;
  const auto get = parse_response_head(text.substr(0, *end), "GET");
  const auto head = parse_response_head(text.substr(0, *end), "HEAD");
  // The method changes the framing of what is accepted, never the verdict.
  if (get.has_value() != head.has_value()) std::abort();
  if (head && head->body.kind != BodyFraming::Kind::None) std::abort();
  if (get && get->headers.has("Content-Length") && get->headers.has("Transfer-Encoding")) std::abort();
  return 0;
}
