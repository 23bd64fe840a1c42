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

struct Negotiation : ProcessIn<policy::NegotiationState, policy::NegotiationMessage> {
  static constexpr Family kFamily = Family::Negotiation;
  static constexpr std::string_view kOwner = "negotiation";
  static constexpr std::string_view kDocument = "ContractNegotiation";
  static constexpr std::string_view kError = "ContractNegotiationError";
  static constexpr Code kUnknown = Code::NotFound;

  std::string dataset;
  std::string offer;  // its "@id"
  Digest rules{};     // of the offer that was asked for; of an offer that waits for the operator, its own
  Json terms;         // consumer: that MessageOffer; else null
  std::shared_ptr<const AgreementRecord> record;   // from the agreement message on; in the book when it may be used
  std::shared_ptr<const std::string> record_text;  // see record_row()
  // Provider: the statement of a FINALIZED that the consumer has not acknowledged. Whoever asks for the process gets
  // it.
  std::optional<std::string> final_statement;

  // What is stored. The record's part of it, the same in several units of a negotiation, is written once and kept.
  [[nodiscard]] Result<std::string> row();
  [[nodiscard]] Result<std::shared_ptr<const std::string>> record_row();  // of family Agreement too; there is a record
  [[nodiscard]] static Result<Negotiation> from_row(const JsonObject& row, const LocalIdentity& self);

  // Ended: what only an open one needs goes. What was offered is in the log by its digest, an agreement in its record.
  void close() { terms = nullptr; }

  // For the operator.
  [[nodiscard]] JsonObject subject() const;
  // False for a consumer whose process a provider began: nothing was asked for yet.
  [[nodiscard]] bool asked() const;
  // A consumer's operator decides: an offer lies before it, and nothing is on its way.
  [[nodiscard]] bool waits() const;
};

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

[[nodiscard]] inline std::optional<std::string> shown_statement(const Negotiation& process) {
  return process.final_statement;
}

// Whether a message of this kind begins a process: it has no name at the peer yet.
[[nodiscard]] inline bool begins(const Negotiation&, std::string_view kind) {
  return kind == kRequestKind || kind == kInitialOfferKind;
}

}  // namespace sekisho::node
