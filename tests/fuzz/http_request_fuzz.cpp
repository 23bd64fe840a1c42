// A request from a stranger: where the network cuts it must not change the verdict, and what is accepted is framed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/http/chunked.hpp"
#include "base/http/head.hpp"

using namespace sekisho::http;

namespace {

// Verdict of the head, and of a chunked body behind it, when fed `step` octets at a time.
std::string verdict(std::string_view text, std::size_t step) {
  HeadScanner scanner{HeadLimits{}};
  std::size_t end = 0;
  for (std::size_t fed = 0; end == 0 && fed < text.size();) {
    fed = std::min(fed + step, text.size());
    const auto found = scanner.scan(text.substr(0, fed));
    if (!found) return std::string(found.error().name());
    end = *found;
  }
  if (end == 0) return "more";
  const auto head = parse_request_head(text.substr(0, end));
  if (!head) return std::string(head.error().name());
  if (head->headers.count("Host") > 1 || head->headers.count("Content-Length") > 1) std::abort();
  if (head->body.kind != BodyFraming::Kind::Chunked) return "head";
  ChunkedDecoder decoder(4096);
  std::string body;
  for (text.remove_prefix(end); !text.empty() && !decoder.done();) {
    const auto used = decoder.feed(text.substr(0, step), body);
    if (!used) return std::string(used.error().name());
    text.remove_prefix(*used);
  }
  if (body.size() > 4096 || body.size() != decoder.decoded()) std::abort();
  return (decoder.done() ? "body " : "more body ") + body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (verdict(text, text.size() + 1) != verdict(text, 1)) std::abort();
  return 0;
}
