// Coroutines of one worker that end together: a limit, a count kept inside their frames, cancel and wait.
// All members are called on the group's executor (one thread); cancellation is emitted there too, because Asio 1.26
// mishandles a signal that comes from another thread. The group outlives its tasks: wait() before destruction.
#pragma once

#include <cstddef>
#include <list>
#include <memory>

#include <boost/asio/cancellation_signal.hpp>

#include "base/async/event.hpp"
#include "base/async/task.hpp"

namespace sekisho::async {

class TaskGroup {
 public:
  TaskGroup(const Executor& executor, std::size_t limit);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // False when the group is full or closed; the task is then dropped without having started.
  [[nodiscard]] bool spawn(Task<void> task);

  void close();   // no more tasks
  void cancel();  // terminal cancellation of all that run
  [[nodiscard]] std::size_t size() const { return running_; }

  // Until no task runs. False when the deadline came first.
  Task<bool> wait(Deadline deadline);

 private:
  // Outlives the group: the completion of a task may run after wait() returned.
  using Signals = std::list<boost::asio::cancellation_signal>;
  Task<void> run(Task<void> task);

  Executor executor_;
  std::size_t limit_;
  std::size_t running_ = 0;
  bool closed_ = false;
  std::shared_ptr<Signals> signals_ = std::make_shared<Signals>();
  Event empty_;
};

}  // namespace sekisho::async
