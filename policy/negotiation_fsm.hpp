// Contract negotiation of DSP 2025-1 as a pure table: no clock, no network, no memory. Both parties run the same table.
//
// The prose lets either party terminate in every state that is not final; the diagram is narrower. What comes in is
// judged by the prose (next), what goes out obeys the diagram (may_send).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/core/result.hpp"
#include "policy/party.hpp"

namespace sekisho::policy {

// None: before the first message.
enum class NegotiationState : std::uint8_t {
  None,
  Requested,
  Offered,
  Accepted,
  Agreed,
  Verified,
  Finalized,
  Terminated
};

enum class NegotiationMessage : std::uint8_t {
  Request,       // ContractRequestMessage, first or counter
  Offer,         // ContractOfferMessage, first or counter
  Accepted,      // ContractNegotiationEventMessage ACCEPTED
  Agreement,     // ContractAgreementMessage
  Verification,  // ContractAgreementVerificationMessage
  Finalized,     // ContractNegotiationEventMessage FINALIZED
  Termination,   // ContractNegotiationTerminationMessage
};

// Code::StateTransition (help "state") when the message is not allowed; the state does not change.
[[nodiscard]] Result<NegotiationState> next(NegotiationState state, NegotiationMessage message, Party sender);

// Whether this node, as `sender`, should send it.
[[nodiscard]] bool may_send(NegotiationState state, NegotiationMessage message, Party sender);

// Whether `state` is where this message of this sender leads: the message may be the last one over again. When its
// digest is that of the last one it is answered alike and changes nothing; otherwise it is judged by next().
[[nodiscard]] bool may_be_repeated(NegotiationState state, NegotiationMessage message, Party sender);

[[nodiscard]] bool is_final(NegotiationState state);
[[nodiscard]] std::string_view to_text(NegotiationState state);  // "REQUESTED" …; "NONE"
[[nodiscard]] std::optional<NegotiationState> negotiation_state_from_text(std::string_view text);  // never None
[[nodiscard]] std::string_view to_text(NegotiationMessage message);  // "ContractRequestMessage" …

}  // namespace sekisho::policy
