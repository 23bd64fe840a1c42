// One transfer process as this node knows it, and its row. Internal to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/dataspace/data_address.hpp"
#include "node/dataspace/process.hpp"
#include "node/identity/local_identity.hpp"
#include "policy/transfer_fsm.hpp"

namespace sekisho::node {

struct Transfer : ProcessBase {
  static constexpr Family kFamily = Family::Transfer;
  static constexpr std::string_view kOwner = "transfer";

  policy::TransferState state = policy::TransferState::None;
  std::string agreement;  // its id
  std::string purpose;
  Digest terms{};         // statement id; zeros until there are terms
  Digest peer_cert{};     // provider: the certificate that tokens are bound to
  Digest signer_cert{};   // provider: the statement certificate that sealed the request; zeros where nothing is sealed
  std::string target;     // consumer: where the data lie at the provider
  // Of a push, where the data go; null for a pull. The receiver's token is in a provider's row until the transfer ends, and
  // never in a consumer's.
  std::shared_ptr<const DataAddress> push;
  // Consumer, in memory only: a token lives for minutes and is renewed after a start.
  std::string token;
  Instant token_expires{};

  [[nodiscard]] bool ended() const { return policy::is_final(state); }
  [[nodiscard]] Json to_row() const;
  [[nodiscard]] Result<std::string> row() const { return canonical_json(to_row()); }
  [[nodiscard]] static Result<Transfer> from_row(const JsonObject& row, const LocalIdentity& self);

  // For the operator.
  [[nodiscard]] JsonObject subject() const;
  // See TransferRecord::serves.
  [[nodiscard]] bool serves() const;
  void enter(policy::TransferState next);
  // The state once the peer has acknowledged the pending message.
  [[nodiscard]] policy::TransferState acknowledged() const;
  // As Negotiation::after.
  [[nodiscard]] Result<policy::TransferState> after(policy::TransferMessage message, bool sent) const;
};

// What the pending message is to the state machine; nullopt of a request: the state is that of its writing.
[[nodiscard]] std::optional<policy::TransferMessage> message_of(const Transfer& process);

// Kinds of messages in the outbox. An end by this node's own operator changes the state when it is written.
inline constexpr std::string_view kTransferRequestKind = "request";
inline constexpr std::string_view kStartKind = "start";
inline constexpr std::string_view kSuspensionKind = "suspension";
inline constexpr std::string_view kCompletionKind = "completion";
inline constexpr std::string_view kTransferTerminationKind = "termination";

}  // namespace sekisho::node
