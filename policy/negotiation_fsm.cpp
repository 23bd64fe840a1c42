#include "policy/negotiation_fsm.hpp"

#include <array>

#include <fmt/format.h>

namespace sekisho::policy {
namespace {

using S = NegotiationState;
using M = NegotiationMessage;
constexpr Party C = Party::Consumer;
constexpr Party P = Party::Provider;

struct Row {
  S from;
  M message;
  Party sender;
  S to;
};

// DSP 2025-1, negotiation state machine, without terminations.
constexpr auto kTable = std::to_array<Row>({
    {S::None, M::Request, C, S::Requested},
    {S::None, M::Offer, P, S::Offered},
    {S::Requested, M::Offer, P, S::Offered},
    {S::Requested, M::Agreement, P, S::Agreed},
    {S::Offered, M::Request, C, S::Requested},
    {S::Offered, M::Accepted, C, S::Accepted},
    {S::Accepted, M::Agreement, P, S::Agreed},
    {S::Agreed, M::Verification, C, S::Verified},
    {S::Verified, M::Finalized, P, S::Finalized},
});

constexpr auto kStates = std::to_array<std::string_view>(
    {"NONE", "REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED", "FINALIZED", "TERMINATED"});

constexpr auto kMessages = std::to_array<std::string_view>(
    {"ContractRequestMessage", "ContractOfferMessage", "ContractNegotiationEventMessage ACCEPTED",
     "ContractAgreementMessage", "ContractAgreementVerificationMessage", "ContractNegotiationEventMessage FINALIZED",
     "ContractNegotiationTerminationMessage"});

std::optional<S> target(S state, M message, Party sender) {
  if (message == M::Termination) {
    if (state == S::None || is_final(state)) return std::nullopt;
    return S::Terminated;
  }
  for (const Row& row : kTable) {
    if (row.from == state && row.message == message && row.sender == sender) return row.to;
  }
  return std::nullopt;
}

}  // namespace

Result<NegotiationState> next(NegotiationState state, NegotiationMessage message, Party sender) {
  const std::optional<S> to = target(state, message, sender);
  if (to) return *to;
  return fail(Error(Code::StateTransition, fmt::format("{} from the {} is not allowed in state {}", to_text(message),
                                                       sender == C ? "consumer" : "provider", to_text(state)))
                  .with("state", std::string(to_text(state))));
}

bool may_send(NegotiationState state, NegotiationMessage message, Party sender) {
  if (message != M::Termination) return target(state, message, sender).has_value();
  switch (state) {
    case S::Requested:
    case S::Offered: return true;
    case S::Accepted:
    case S::Verified: return sender == P;
    case S::Agreed: return sender == C;
    default: return false;
  }
}

bool may_be_repeated(NegotiationState state, NegotiationMessage message, Party sender) {
  if (message == M::Termination) return state == S::Terminated;
  for (const Row& row : kTable) {
    if (row.to == state && row.message == message && row.sender == sender) return true;
  }
  return false;
}

bool is_final(NegotiationState state) { return state == S::Finalized || state == S::Terminated; }

std::string_view to_text(NegotiationState state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<NegotiationState> negotiation_state_from_text(std::string_view text) {
  for (std::size_t i = 1; i < kStates.size(); ++i) {
    if (kStates[i] == text) return static_cast<S>(i);
  }
  return std::nullopt;
}

std::string_view to_text(NegotiationMessage message) { return kMessages[static_cast<std::size_t>(message)]; }

}  // namespace sekisho::policy
