#include "base/crypto/system_random.hpp"

#include <cstdlib>

#include <sodium.h>

namespace sekisho {

SystemRandom::SystemRandom() {
  if (sodium_init() < 0) std::abort();
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
  if (!out.empty()) randombytes_buf(out.data(), out.size());
}

}  // namespace sekisho
