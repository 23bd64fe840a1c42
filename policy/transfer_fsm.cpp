#include "policy/transfer_fsm.hpp"

#include <array>

#include <fmt/format.h>

namespace sekisho::policy {
namespace {

using S = TransferState;
using M = TransferMessage;

// Who may send: bit 0 the consumer, bit 1 the provider.
enum Who : std::uint8_t { kConsumer = 1, kProvider = 2, kBoth = 3 };

struct Row {
  S from;
  M message;
  Who sender;
  S to;
};

// DSP 2025-1, transfer state machine. A consumer resumes after a suspension only.
constexpr auto kTable = std::to_array<Row>({
    {S::None, M::Request, kConsumer, S::Requested},
    {S::Requested, M::Start, kProvider, S::Started},
    {S::Requested, M::Termination, kBoth, S::Terminated},
    {S::Started, M::Completion, kBoth, S::Completed},
    {S::Started, M::Suspension, kBoth, S::Suspended},
    {S::Started, M::Termination, kBoth, S::Terminated},
    {S::Suspended, M::Start, kBoth, S::Started},
    {S::Suspended, M::Termination, kBoth, S::Terminated},
});

constexpr auto kStates =
    std::to_array<std::string_view>({"NONE", "REQUESTED", "STARTED", "SUSPENDED", "COMPLETED", "TERMINATED"});

constexpr auto kMessages =
    std::to_array<std::string_view>({"TransferRequestMessage", "TransferStartMessage", "TransferCompletionMessage",
                                     "TransferSuspensionMessage", "TransferTerminationMessage"});

bool sends(const Row& row, Party sender) {
  return (row.sender & (sender == Party::Consumer ? kConsumer : kProvider)) != 0;
}

}  // namespace

Result<TransferState> next(TransferState state, TransferMessage message, Party sender) {
  for (const Row& row : kTable) {
    if (row.from == state && row.message == message && sends(row, sender)) return row.to;
  }
  return fail(
      Error(Code::StateTransition, fmt::format("{} from the {} is not allowed in state {}", to_text(message),
                                               sender == Party::Consumer ? "consumer" : "provider", to_text(state)))
          .with("state", std::string(to_text(state))));
}

bool may_be_repeated(TransferState state, TransferMessage message, Party sender) {
  for (const Row& row : kTable) {
    if (row.to == state && row.message == message && sends(row, sender)) return true;
  }
  return false;
}

bool is_final(TransferState state) { return state == S::Completed || state == S::Terminated; }

std::string_view to_text(TransferState state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<TransferState> transfer_state_from_text(std::string_view text) {
  for (std::size_t i = 1; i < kStates.size(); ++i) {
    if (kStates[i] == text) return static_cast<S>(i);
  }
  return std::nullopt;
}

std::string_view to_text(TransferMessage message) { return kMessages[static_cast<std::size_t>(message)]; }

}  // namespace sekisho::policy
