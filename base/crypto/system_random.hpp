// The kernel's randomness (getrandom). Thread-safe; ends the process when the kernel refuses.
#pragma once

#include "base/core/random.hpp"

namespace sekisho {

class SystemRandom final : public Random {
 public:
  SystemRandom();
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace sekisho
