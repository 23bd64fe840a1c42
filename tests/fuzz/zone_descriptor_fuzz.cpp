// What parses has a verified signature of its own root and names in form.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "trust/zone/descriptor.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  const BytesView input(data, size);
  const auto d = trust::ZoneDescriptor::parse(input);
  if (!d) return 0;
  if (!trust::is_zone_id(d->zone) || d->signed_bytes != to_bytes(input)) std::abort();
  return 0;
}
