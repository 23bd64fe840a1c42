// What happened in a process, as its row keeps it for the operator: 32 events, the first and the newest. Internal to this
// room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "policy/negotiation_fsm.hpp"
#include "policy/transfer_fsm.hpp"

namespace sekisho::node {

struct ProcessEvent {
  enum class Source : std::uint8_t {
    Own,     // this node's decision
    Out,     // a message of this node that the peer has
    In,      // a message of the peer
    Failed,  // a message of this node that the peer did not take
  };
  Instant at{};
  Source source = Source::Own;
  std::string what;   // kind of the message
  std::string state;  // afterwards
  std::string code;   // why it ended

  friend bool operator==(const ProcessEvent&, const ProcessEvent&) = default;
};

[[nodiscard]] std::string_view source_name(ProcessEvent::Source source);

class Timeline {
 public:
  void note(ProcessEvent event);
  // Oldest first.
  [[nodiscard]] const std::vector<ProcessEvent>& events() const { return events_; }

  [[nodiscard]] JsonArray to_row() const;
  [[nodiscard]] static Result<Timeline> from_row(const JsonArray& row);

  friend bool operator==(const Timeline&, const Timeline&) = default;

 private:
  std::vector<ProcessEvent> events_;
};

// The kind of the message that leads to a state, which is one and the same from wherever it is sent.
[[nodiscard]] std::string_view entered_by(policy::NegotiationState state);
[[nodiscard]] std::string_view entered_by(policy::TransferState state);

}  // namespace sekisho::node
