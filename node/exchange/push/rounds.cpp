#include "node/exchange/push/rounds.hpp"

#include <algorithm>

namespace sekisho::node {

void PushRounds::ended(const BrokenRound& round) {
  ++fruitless_;
  if (round.bytes == 0) return;
  const bool again = !round.resumed && !round.live;
  if (again && furthest_ > 0) ++repeats_;
  reached_ = (again ? 0 : reached_) + round.bytes;
  if (reached_ <= furthest_) return;
  furthest_ = reached_;
  fruitless_ = 0;
}

std::chrono::milliseconds PushRounds::pause() const {
  constexpr unsigned kMostDoublings = 16;
  return std::min(limits_.pause * (1U << std::min(fruitless_, kMostDoublings)), limits_.longest_pause);
}

}  // namespace sekisho::node
