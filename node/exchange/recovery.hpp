// Every intent that no request works on any more (an earlier run left it, or its provider could not be reached) is
// closed with the provider's one outcome; what cannot be reached is asked again with back-off. `status` counts what is
// open.
#pragma once

#include <memory>

#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "node/exchange/resolve.hpp"

namespace sekisho::node {

class Recovery {
 public:
  // All outlive the recovery; it works on the executor.
  Recovery(async::Executor executor, Resolver& resolver, const Storage& storage, RunningExchanges& running);
  ~Recovery();

  [[nodiscard]] Status start();
  void stop();

 private:
  struct State;
  static async::Task<void> run(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace sekisho::node
