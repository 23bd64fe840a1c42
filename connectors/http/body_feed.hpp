// The body of one answer, pulled piece by piece with a deadline for each and a flag that stops it at once.
//
// A coroutine of its own reads ahead, 320 KiB at most: a wait that ends in vain leaves the connection whole, and what comes
// goes to the next wait in one piece. One executor.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "base/http/client.hpp"

namespace sekisho::connectors {

class BodyFeed {
 public:
  BodyFeed(http::ResponseReader reader, const async::Executor& executor);
  ~BodyFeed();  // closes the connection unless the body has ended
  BodyFeed(const BodyFeed&) = delete;
  BodyFeed& operator=(const BodyFeed&) = delete;

  [[nodiscard]] const http::ClientResponse& head() const;
  // A piece, or empty text at the complete end, or nothing when none came before the deadline. Raised: the connection
  // is closed and the answer is Cancelled within 100 ms. Other errors are the client's.
  [[nodiscard]] async::Task<Result<std::optional<std::string>>> next(async::Deadline deadline,
                                                                     const std::atomic<bool>& stop);

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace sekisho::connectors
