// One contract negotiation as this node knows it, and its row. Internal to this room.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "node/dataspace/process.hpp"
#include "node/identity/local_identity.hpp"
#include "policy/negotiation_fsm.hpp"

namespace sekisho::node {

struct Negotiation : ProcessBase {
  static constexpr Family kFamily = Family::Negotiation;
  static constexpr std::string_view kOwner = "negotiation";

  policy::NegotiationState state = policy::NegotiationState::None;
  std::string dataset;
  std::string offer;  // its "@id"
  Digest rules{};     // of the offer that was asked for; of an offer that waits for the operator, its own
  Json terms;         // consumer: that MessageOffer; else null
  std::shared_ptr<const AgreementRecord> record;  // from the agreement message on; in the book when it may be used
  std::shared_ptr<const std::string> record_text;  // see record_row()

  [[nodiscard]] bool ended() const { return policy::is_final(state); }
  // What is stored. The record's part of it, the same in several units of a negotiation, is written once and kept.
  [[nodiscard]] Result<std::string> row();
  [[nodiscard]] Result<std::shared_ptr<const std::string>> record_row();  // of family Agreement too; there is a record
  [[nodiscard]] static Result<Negotiation> from_row(const JsonObject& row, const LocalIdentity& self);

  // For the operator.
  [[nodiscard]] JsonObject subject() const;
  void enter(policy::NegotiationState next);
  // False for a consumer whose process a provider began: nothing was asked for yet.
  [[nodiscard]] bool asked() const;
  // A consumer's operator decides: an offer lies before it, and nothing is on its way.
  [[nodiscard]] bool waits() const;
  // The state once the peer has acknowledged the pending message.
  [[nodiscard]] policy::NegotiationState acknowledged() const;
  // The next state when the peer's message comes: a pending message that was sent counts as acknowledged where only that
  // allows it, because a peer may answer faster than its acknowledgement is processed.
  [[nodiscard]] Result<policy::NegotiationState> after(policy::NegotiationMessage message, bool sent) const;
};

// What the pending message is to the state machine; nullopt of a first one: the state is that of its writing.
[[nodiscard]] std::optional<policy::NegotiationMessage> message_of(const Negotiation& process);

// Kinds of messages in the outbox.
inline constexpr std::string_view kRequestKind = "request";
inline constexpr std::string_view kCounterKind = "counter";
inline constexpr std::string_view kInitialOfferKind = "initial-offer";
inline constexpr std::string_view kOfferKind = "offer";
inline constexpr std::string_view kAgreementKind = "agreement";
inline constexpr std::string_view kVerificationKind = "verification";
inline constexpr std::string_view kFinalizedKind = "finalized";
inline constexpr std::string_view kAcceptedKind = "accepted";
inline constexpr std::string_view kTerminationKind = "termination";

}  // namespace sekisho::node
