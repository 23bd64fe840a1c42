// Names to addresses. getaddrinfo blocks and nothing stops it, so no worker ever calls it: each name that is being
// looked up has a thread of its own, a bounded number of them, and a slow name service holds up its own names alone.
// Questions for a name that is being looked up share the answer.
//
// Thread-safe. What the threads need they own: one that still waits for a name service outlives the resolver and ends
// by itself. No answer is kept.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/result.hpp"

namespace sekisho::http {

class Resolver {
 public:
  using Addresses = Result<std::vector<std::string>>;
  // Blocks as long as it likes, on any thread; must not throw.
  using LookUp = std::function<Addresses(const std::string& name)>;

  static constexpr std::size_t kMostNames = 32;       // looked up at once
  static constexpr std::size_t kMostQuestions = 256;  // for one name

  // getaddrinfo, but in tests.
  explicit Resolver(LookUp look_up = system_look_up);
  ~Resolver();  // stop()
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // The addresses as literals, in the name service's order, at least one; a literal is its own answer. Code::Connection
  // when there are none, Deadline, Busy at a bound above, Cancelled after stop().
  [[nodiscard]] async::Task<Addresses> resolve(std::string name, async::Deadline deadline) const;

  // Answers every question that waits, and all to come, with Code::Cancelled. Before the askers' executors end.
  void stop();

  [[nodiscard]] static Addresses system_look_up(const std::string& name);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sekisho::http
