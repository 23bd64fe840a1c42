// Transfer processes of DSP 2025-1 as a pure table; see negotiation_fsm.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/core/result.hpp"
#include "policy/party.hpp"

namespace sekisho::policy {

enum class TransferState : std::uint8_t { None, Requested, Started, Suspended, Completed, Terminated };

enum class TransferMessage : std::uint8_t { Request, Start, Completion, Suspension, Termination };

// Code::StateTransition (help "state") when the message is not allowed; the state does not change.
[[nodiscard]] Result<TransferState> next(TransferState state, TransferMessage message, Party sender);

// Whether `state` is where this message of this sender leads: see negotiation_fsm.hpp.
[[nodiscard]] bool may_be_repeated(TransferState state, TransferMessage message, Party sender);

[[nodiscard]] bool is_final(TransferState state);
[[nodiscard]] std::string_view to_text(TransferState state);                                 // "REQUESTED" …; "NONE"
[[nodiscard]] std::optional<TransferState> transfer_state_from_text(std::string_view text);  // never None
[[nodiscard]] std::string_view to_text(TransferMessage message);  // "TransferRequestMessage" …

}  // namespace sekisho::policy
