// What parses has one encoding, and its parties are in order.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "trust/zone/recognition.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  const BytesView input(data, size);
  const auto r = trust::Recognition::parse(input);
  if (!r) return 0;
  if (trust::encode_signed(r->object) != to_bytes(input) || r->a.zone >= r->b.zone) std::abort();
  if (r->cross_terms(r->a.zone).mappings.size() != r->levels.size()) std::abort();
  return 0;
}
