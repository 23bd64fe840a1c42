// gunzip keeps its limit for any input; what gzip wrote comes back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/core/gzip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kLimit = 100'000;
  const sekisho::BytesView input(data, size);
  const auto content = sekisho::gunzip(input, kLimit);
  if (content && content->size() > kLimit) std::abort();
  const auto back = sekisho::gunzip(sekisho::gzip(input), size);
  if (!back || *back != sekisho::to_bytes(input)) std::abort();
  return 0;
}
