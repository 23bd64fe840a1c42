// libFuzzer's entry into one target; in its planted twin the planted bug follows.
#include <cstddef>
#include <cstdint>

extern "C" int SEKISHO_FUZZ_CASE(const std::uint8_t* data, std::size_t size);
extern "C" void sekisho_plant(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int result = SEKISHO_FUZZ_CASE(data, size);
#ifdef SEKISHO_PLANT_OVERFLOW
  sekisho_plant(data, size);
#endif
  return result;
}
