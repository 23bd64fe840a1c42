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

struct Transfer : ProcessIn<policy::TransferState, policy::TransferMessage> {
  static constexpr Family kFamily = Family::Transfer;
  static constexpr std::string_view kOwner = "transfer";
  static constexpr std::string_view kDocument = "TransferProcess";
  static constexpr std::string_view kError = "TransferError";
  static constexpr Code kUnknown = Code::TransferUnknown;

  std::string agreement;  // its id
  std::string purpose;
  Digest terms{};        // statement id; zeros until there are terms
  Digest peer_cert{};    // provider: the certificate that tokens are bound to
  Digest signer_cert{};  // provider: the statement certificate that sealed the request; zeros where nothing is sealed
  std::string target;    // consumer: where the data lie at the provider
  // Of a push, where the data go; null for a pull. The receiver's token is in a provider's row until the transfer ends,
  // and never in a consumer's.
  std::shared_ptr<const DataAddress> push;
  // Consumer, in memory only: a token lives for minutes and is renewed after a start.
  std::string token;
  Instant token_expires{};

  [[nodiscard]] Json to_row() const;
  [[nodiscard]] Result<std::string> row() const { return canonical_json(to_row()); }
  [[nodiscard]] static Result<Transfer> from_row(const JsonObject& row, const LocalIdentity& self);

  // Ended: the receiver's token goes, and the own one.
  void close();

  // For the operator.
  [[nodiscard]] JsonObject subject() const;
  // See TransferRecord::serves.
  [[nodiscard]] bool serves() const;
};

// Kinds of messages in the outbox. An end by this node's own operator changes the state when it is written.
inline constexpr std::string_view kTransferRequestKind = "request";
inline constexpr std::string_view kStartKind = "start";
inline constexpr std::string_view kSuspensionKind = "suspension";
inline constexpr std::string_view kCompletionKind = "completion";
inline constexpr std::string_view kTransferTerminationKind = "termination";

[[nodiscard]] inline std::optional<std::string> shown_statement(const Transfer& /*process*/) { return std::nullopt; }

// As of a negotiation.
[[nodiscard]] inline bool begins(const Transfer&, std::string_view kind) { return kind == kTransferRequestKind; }

}  // namespace sekisho::node
