// Randomness as a port. The system's source is base/crypto/system_random.hpp; tests use ManualRandom.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/core/bytes.hpp"

namespace sekisho {

// Thread-safe. Implementations never block and cannot fail: a source that fails ends the process.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  [[nodiscard]] Bytes bytes(std::size_t n) {
    Bytes out(n);
    fill(out);
    return out;
  }
  [[nodiscard]] Digest digest32() {
    Digest out;
    fill(out);
    return out;
  }
};

// The same octets for the same seed, in the order of the calls: for tests only. Thread-safe.
class ManualRandom final : public Random {
 public:
  explicit ManualRandom(std::uint64_t seed = 1) : state_(seed) {}

  void fill(std::span<std::uint8_t> out) override {
    for (std::size_t i = 0; i < out.size(); i += 8) {
      std::uint64_t v = next();
      for (std::size_t k = i; k < i + 8 && k < out.size(); ++k, v >>= 8) out[k] = static_cast<std::uint8_t>(v);
    }
  }

 private:
  // SplitMix64 (Steele, Lea, Flood 2014).
  std::uint64_t next() {
    std::uint64_t z = state_.fetch_add(0x9e3779b97f4a7c15U) + 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

  std::atomic<std::uint64_t> state_;
};

}  // namespace sekisho
