// One message of a process at a time: whoever takes a turn under a key waits until the one before gave it back.
// Thread-safe; waiters resume on their own executors, in the order they came; at most 16 wait for one key.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/async/completion.hpp"
#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/result.hpp"

namespace sekisho::node {

class Turns {
  struct State;

 public:
  // Gives the turn back at its end. Move-only.
  class Turn {
   public:
    Turn() = default;
    Turn(std::shared_ptr<State> state, std::string key) : state_(std::move(state)), key_(std::move(key)) {}
    Turn(Turn&&) noexcept = default;
    Turn& operator=(Turn&& other) noexcept;
    ~Turn() { end(); }
    void end();

   private:
    std::shared_ptr<State> state_;
    std::string key_;
  };

  Turns();
  // Busy when too many wait or the deadline passes.
  [[nodiscard]] async::Task<Result<Turn>> take(std::string key, async::Deadline deadline);

 private:
  static void give_back(const std::shared_ptr<State>& state, const std::string& key);
  std::shared_ptr<State> state_;
};

}  // namespace sekisho::node
