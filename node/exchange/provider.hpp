// The provider's half of a crossing: the steps in order, in one function, and the one answer.
#pragma once

#include "base/async/task.hpp"
#include "base/http/message.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/evidence.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node {

class Provider {
 public:
  // evidence outlives the provider.
  Provider(ExchangeParts parts, EvidenceService& evidence) : parts_(parts), evidence_(evidence) {}

  // GET /data/{transfer}
  [[nodiscard]] async::Task<http::Response> serve(DataRequest request);

  // What waits for receipts and what was used, from the database; once at start.
  [[nodiscard]] Status load();

 private:
  [[nodiscard]] async::Task<Status> cross(Crossing& crossing, std::unique_ptr<connectors::Reader>& rest);
  [[nodiscard]] http::Response answer(Crossing& crossing, std::unique_ptr<connectors::Reader> rest) const;
  [[nodiscard]] async::Task<http::Response> refuse(Crossing& crossing, Error error);

  ExchangeParts parts_;
  EvidenceService& evidence_;
};

}  // namespace sekisho::node
