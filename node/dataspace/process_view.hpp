// A process as its operator sees it. Internal to this room.
#pragma once

#include <optional>
#include <string_view>

#include "base/core/json.hpp"
#include "node/dataspace/outbox.hpp"
#include "node/dataspace/process.hpp"

namespace sekisho::node {

struct ProcessView {
  std::string_view kind;     // "negotiation" or "transfer"
  std::string_view state;
  JsonObject subject;        // what it is about: dataset and offer, agreement and purpose …
  std::optional<Instant> deadline;
  std::optional<OutboxMessage> message;  // that the peer has not acknowledged
};

// One line of a list.
[[nodiscard]] JsonObject summary(const ProcessBase& process, const ProcessView& view);
// The same with the pending message, its attempts and last error, and the timeline. No body of a message, no token.
[[nodiscard]] JsonObject description(const ProcessBase& process, const ProcessView& view);

}  // namespace sekisho::node
