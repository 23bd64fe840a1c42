#include "tests/simulation/time.hpp"

#include <algorithm>
#include <vector>

namespace sekisho::simulation {

void VirtualTime::at(async::SteadyTime due, std::uint64_t owner, Wake wake) {
  waiting_.emplace(std::pair(due, ++order_), Waiting{owner, std::move(wake)});
}

std::optional<async::SteadyTime> VirtualTime::next() const {
  if (waiting_.empty()) return std::nullopt;
  return std::max(waiting_.begin()->first.first, now_);
}

void VirtualTime::advance() {
  if (const auto to = next()) advance_to(*to);
}

void VirtualTime::advance_to(async::SteadyTime to) {
  if (to > now_) {
    clock_.advance(std::chrono::duration_cast<std::chrono::microseconds>(to - now_));
    now_ = to;
  }
  std::vector<Wake> due;
  while (!waiting_.empty() && waiting_.begin()->first.first <= now_) {
    due.push_back(std::move(waiting_.begin()->second.wake));
    waiting_.erase(waiting_.begin());
  }
  for (const Wake& wake : due) wake();
}

void VirtualTime::end(std::uint64_t owner) {
  std::vector<Wake> woken;
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (it->second.owner != owner) {
      ++it;
      continue;
    }
    woken.push_back(std::move(it->second.wake));
    it = waiting_.erase(it);
  }
  for (const Wake& wake : woken) wake();
}

}  // namespace sekisho::simulation
