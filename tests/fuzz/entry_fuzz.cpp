// Log entries: what reads has exactly one spelling.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "node/journal/entry.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sekisho::BytesView bytes(data, size);
  const auto entry = sekisho::node::decode_entry(bytes);
  if (!entry) return 0;
  if (!std::ranges::equal(sekisho::node::encode_entry(*entry), bytes)) std::abort();
  return 0;
}
