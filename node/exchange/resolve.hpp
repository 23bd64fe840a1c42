// What became of an exchange whose answer did not arrive whole: the provider is asked for its one sealed outcome, which
// makes a void where there is none, and the intent is closed with it (formats.md 4). A release whose data did not come
// is receipted "lost". While the provider cannot be reached the intent stays open; recovery asks again.
#pragma once

#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "node/exchange/closing.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node {

struct Evidence {
  std::string outcome;  // release, stream, refusal, void
  CheckedStatement statement;
  std::optional<Digest> salt;
};

class Resolver {
 public:
  Resolver(ExchangeParts parts, Closer& closer) : parts_(parts), closer_(closer) {}

  // Asks and verifies; changes nothing here.
  [[nodiscard]] async::Task<Result<Evidence>> ask(OpenIntent intent, async::Deadline deadline);

  // Asks and closes the intent. receipt_outcome: what is receipted for a release, "lost" or "rejected".
  // Answers the outcome's name.
  [[nodiscard]] async::Task<Result<std::string>> close(OpenIntent intent, std::string receipt_outcome, std::string reason,
                                                       async::Deadline deadline);

 private:
  ExchangeParts parts_;
  Closer& closer_;
};

}  // namespace sekisho::node
