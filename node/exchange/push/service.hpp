// Pushes of this node as provider: a transfer of format HttpData-PUSH that is started is carried out here, an exchange
// at a time, with the steps of a pull (decision, source, view, durable release) and as a stream (formats.md 5) to the
// endpoint that the consumer named and the rules permit (node/dataspace/push_rules.hpp).
//
// An end of the source completes the transfer, unless the source is one without end. What fails for good ends it with a
// reason that both operators read. A suspension, a restart and a cut pause it; it goes on behind the last part that was
// recorded as taken, where the source knows cursors, else from the beginning, always as a new exchange. Delivery is at
// least once.
//
// Thread-safe. Coroutines run on the executors that are given.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/async/worker_pool.hpp"
#include "node/exchange/parts.hpp"
#include "node/exchange/push/delivery.hpp"

namespace sekisho::node {

// One client for each set of roots. KeyFile when a `ca` of the list cannot be read.
class PushClients {
 public:
  [[nodiscard]] static Result<PushClients> make(const std::vector<PushHost>& hosts);
  [[nodiscard]] std::shared_ptr<http::Client> find(const PushHost& host) const;

 private:
  std::map<std::string, std::shared_ptr<http::Client>> by_ca_;
};

class PushService {
 public:
  // Everything that parts refers to, and rules, outlive the service; it hears of new pushes from parts.transfers.
  PushService(ExchangeParts parts, const PushRules& rules, PushClients clients, std::vector<async::Executor> executors,
              std::shared_ptr<const http::Resolver> resolver, PushLimits limits = {});
  ~PushService();

  // Takes up what the last process left running. Once, when messages may leave.
  [[nodiscard]] Status start();
  // No new exchange begins; waits until those that run have sealed their end, at most so long.
  void stop(std::chrono::milliseconds grace);

  [[nodiscard]] std::size_t running() const;

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace sekisho::node
