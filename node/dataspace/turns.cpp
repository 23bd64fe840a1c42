#include "node/dataspace/turns.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMostWaiting = 16;

std::unexpected<Error> busy() {
  return fail(Error(Code::Busy, "too many messages for one process").with("retry_after_s", "1"));
}

}  // namespace

struct Turns::State {
  using Waiter = async::Completion<bool>;
  std::mutex mutex;
  std::map<std::string, std::deque<Waiter>> taken;

  // nullopt: the turn is the caller's.
  Result<std::optional<Waiter>> enter(const std::string& key) {
    const std::lock_guard lock(mutex);
    const auto [entry, free] = taken.try_emplace(key);
    if (free) return std::optional<Waiter>();
    if (entry->second.size() >= kMostWaiting) return busy();
    return std::optional<Waiter>(entry->second.emplace_back());
  }
};

Turns::Turn& Turns::Turn::operator=(Turn&& other) noexcept {
  if (this != &other) {
    end();
    state_ = std::move(other.state_);
    key_ = std::move(other.key_);
  }
  return *this;
}

void Turns::Turn::end() {
  if (!state_) return;
  const std::shared_ptr<State> state = std::exchange(state_, nullptr);
  give_back(state, key_);
}

Turns::Turns() : state_(std::make_shared<State>()) {}

async::Task<Result<Turns::Turn>> Turns::take(std::string key, async::Deadline deadline) {
  Result<std::optional<State::Waiter>> waiter = state_->enter(key);
  if (!waiter) co_return fail(waiter.error());
  if (*waiter) {
    const std::optional<bool> mine = co_await (*waiter)->wait_until(deadline);
    if (!mine) co_return busy();
  }
  co_return Turn(state_, std::move(key));
}

void Turns::give_back(const std::shared_ptr<State>& state, const std::string& key) {
  for (;;) {
    async::Completion<bool> next;
    {
      const std::lock_guard lock(state->mutex);
      const auto entry = state->taken.find(key);
      if (entry == state->taken.end()) return;
      if (entry->second.empty()) {
        state->taken.erase(entry);
        return;
      }
      next = std::move(entry->second.front());
      entry->second.pop_front();
    }
    if (next.set(true)) return;  // one that gave up waiting is passed over
  }
}

}  // namespace sekisho::node
