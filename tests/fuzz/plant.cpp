// The planted bug: four magic bytes copy the input into a buffer that is one byte too short. `./dev fuzz` counts a target
// as working only if libFuzzer finds this.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

extern "C" void sekisho_plant(const std::uint8_t* data, std::size_t size);

extern "C" void sekisho_plant(const std::uint8_t* data, std::size_t size) {
  if (size < 4 || std::memcmp(data, "SKSH", 4) != 0) return;
  std::vector<std::uint8_t> buffer(size - 1);
  std::memcpy(buffer.data(), data, size);
}
