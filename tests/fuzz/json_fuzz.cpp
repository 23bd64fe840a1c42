// Strict JSON: canonical text is a fixed point of parse and canonicalise.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = sekisho::parse_json({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  const auto canonical = sekisho::canonical_json(*value);
  if (!canonical) return 0;
  const auto again = sekisho::parse_json(*canonical);
  if (!again) std::abort();
  const auto twice = sekisho::canonical_json(*again);
  if (!twice || *twice != *canonical) std::abort();
  return 0;
}
