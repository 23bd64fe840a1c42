// The planted bug: after the real target has returned, four magic bytes copy the input into a buffer that is one byte
// too short. `./dev fuzz` counts a target as working only if libFuzzer finds this.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

extern "C" int sekisho_fuzz_planted_target(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int result = sekisho_fuzz_planted_target(data, size);
  if (size >= 4 && std::memcmp(data, "SKSH", 4) == 0) {
    std::vector<std::uint8_t> buffer(size - 1);
    std::memcpy(buffer.data(), data, size);
  }
  return result;
}
