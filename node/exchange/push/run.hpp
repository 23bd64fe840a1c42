// One exchange of a push, from the decision to the sealed end. Internal to this room.
#pragma once

#include <memory>
#include <optional>

#include "node/exchange/push/place.hpp"
#include "node/exchange/push/service.hpp"

namespace sekisho::node {

struct PushOutcome {
  bool complete = false;        // all that the source holds was taken, and it has an end
  std::optional<Error> failed;  // set unless complete
  bool again = false;           // it may be different in a moment
  bool live = false;
  PushedExchange pushed;
  Taken taken;
};

struct PushWork {
  ExchangeParts parts;
  const PushRules& rules;
  const PushClients& clients;
  const std::shared_ptr<const http::Resolver>& resolver;
  const PushLimits& limits;
};

// work outlives the coroutine. place: of find_push_place().
[[nodiscard]] async::Task<PushOutcome> push_once(const PushWork* work, std::shared_ptr<const TransferRecord> transfer,
                                                 std::string place);

}  // namespace sekisho::node
