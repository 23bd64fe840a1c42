// Tile paths and entry bundles: one spelling each.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "trust/log/tile.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  const BytesView bytes(data, size);
  if (const auto id = trust::parse_tile_path(as_text(bytes)); id && trust::tile_path(*id) != as_text(bytes))
    std::abort();
  for (unsigned width = 1; width <= 4; ++width) {
    const auto entries = trust::parse_entry_bundle(bytes, width);
    if (!entries) continue;
    Bytes again;
    for (const BytesView entry : *entries) {
      if (!trust::append_to_entry_bundle(again, entry)) std::abort();
    }
    if (again != to_bytes(bytes)) std::abort();
  }
  return 0;
}
