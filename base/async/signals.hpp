// Signals of the process as values for a coroutine: the first SIGINT or SIGTERM begins an orderly end, the second
// skips its grace period, SIGHUP reloads.
#pragma once

#include <initializer_list>

#include <boost/asio/signal_set.hpp>

#include "base/async/task.hpp"

namespace sekisho::async {

class Signals {
 public:
  Signals(const Executor& executor, std::initializer_list<int> numbers);

  // The next signal's number, or 0 once closed.
  Task<int> next();
  void close();  // on the executor's thread

 private:
  boost::asio::signal_set set_;
  bool closed_ = false;
};

}  // namespace sekisho::async
