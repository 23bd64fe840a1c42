// Strict YAML: what is read can be said in canonical JSON, which strict JSON reads back as the same value.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/yaml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = sekisho::parse_yaml({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  const auto canonical = sekisho::canonical_json(*value);
  if (!canonical) std::abort();
  const auto back = sekisho::parse_json(*canonical);
  if (!back || sekisho::canonical_json(*back).value() != *canonical) std::abort();
  return 0;
}
