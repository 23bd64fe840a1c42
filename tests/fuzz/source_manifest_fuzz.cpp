// Source manifests: nothing but the two kinds, no header that could change the framing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "connectors/source_manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto manifest =
      sekisho::connectors::parse_source_manifest_text(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!manifest) return 0;
  const auto* http = std::get_if<sekisho::connectors::HttpSource>(&*manifest);
  if (http == nullptr) return 0;
  if (http->headers.size() > 16 || http->timeout.count() < 1) std::abort();
  for (const auto& header : http->headers) {
    if ((header.name + header.value).find_first_of("\r\n") != std::string::npos) std::abort();
  }
  return 0;
}
