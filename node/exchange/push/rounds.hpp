// Whether a push that broke off begins another exchange. Only what gets further than any exchange before counts as
// progress: a source without cursors begins at its beginning each time, and sends the same again. Sans I/O; a value.
#pragma once

#include <chrono>
#include <cstdint>

namespace sekisho::node {

struct RoundLimits {
  unsigned fruitless = 5;                  // exchanges in a row that got no further
  unsigned repeats = 16;                   // exchanges that sent again what was taken before
  std::chrono::milliseconds pause{1'000};  // doubles with each that is fruitless
  std::chrono::milliseconds longest_pause{30'000};
};

// How an exchange ended that did not complete.
struct BrokenRound {
  std::uint64_t bytes = 0;  // that were taken
  bool resumed = false;     // it went on where the last one ended; else at the beginning
  bool live = false;        // what its source gives is always new
};

class PushRounds {
 public:
  explicit PushRounds(const RoundLimits& limits = {}) : limits_(limits) {}
  void ended(const BrokenRound& round);
  [[nodiscard]] bool exhausted() const { return fruitless_ >= limits_.fruitless || repeats_ > limits_.repeats; }
  // Before the next exchange.
  [[nodiscard]] std::chrono::milliseconds pause() const;

 private:
  RoundLimits limits_;
  std::uint64_t reached_ = 0;  // by the last exchange that moved anything; octets behind where the first began
  std::uint64_t furthest_ = 0;
  unsigned fruitless_ = 0;
  unsigned repeats_ = 0;
};

}  // namespace sekisho::node
