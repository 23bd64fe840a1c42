// Stands in front of a whole node and keeps what its peer says to it and what it answers, decrypted: to the peer it shows the
// node's own certificate, to the node that of the peer. Answers are passed on whole: not for streams.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/async/worker_pool.hpp"
#include "tests/support/loopback_node.hpp"

namespace sekisho::test {

struct Passage {
  std::string method, target, body;
  int status = 0;
  http::Headers headers;  // of the answer
  std::string answer;
};

class WireTap {
 public:
  // Listens where the snapshot says that the node is, and moves the node, which has not started yet, to a port of its own.
  WireTap(LoopbackNode& node, const LoopbackNode& peer);
  ~WireTap();
  WireTap(const WireTap&) = delete;
  WireTap& operator=(const WireTap&) = delete;

  // In the order of the answers.
  [[nodiscard]] std::vector<Passage> passages() const;

  struct State;

 private:
  std::shared_ptr<State> state_;
  std::unique_ptr<async::WorkerPool> pool_;
};

}  // namespace sekisho::test
