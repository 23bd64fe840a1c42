// The messages of the Dataspace Protocol 2025-1 as values: strict parsers of what a peer sent and writers of what this
// node sends. Plain JSON (no JSON-LD processing): "@context" must be an array of strings that holds the 2025-1 context.
//
// Parsers refuse a missing or wrongly typed member (JSON_SHAPE with help "pointer"), another "@type", ids over 256
// octets or with control characters, more than 256 KiB or 32 levels. Unknown members are tolerated at the top, except
// in policies, which policy/ reads strictly. Extension members (C5 of the protocol): "sekishoStatement" (base64url of
// an Envelope of trust/evidence), "sekishoPurpose". Writers emit sets as arrays and exactly one context.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/dataspace/data_address.hpp"
#include "policy/terms.hpp"

namespace sekisho::node {

using policy::kDspContext;
inline constexpr std::string_view kDspBase = "/dsp/2025-1";
inline constexpr std::string_view kPullFormat = "HttpData-PULL";
inline constexpr std::string_view kPushFormat = "HttpData-PUSH";
inline constexpr std::size_t kDspBodyLimit = 256 * 1024;

struct ProcessIds {
  std::string provider;
  std::string consumer;
};

// Exactly one of callback (initial) and provider_pid (counter).
struct ContractRequestMessage {
  std::string consumer_pid;
  std::optional<std::string> provider_pid;
  std::optional<std::string> callback;
  Json offer;  // MessageOffer, shape checked by policy/
};

// Exactly one of callback (initial) and consumer_pid.
struct ContractOfferMessage {
  std::string provider_pid;
  std::optional<std::string> consumer_pid;
  std::optional<std::string> callback;
  Json offer;
};

struct ContractAgreementMessage {
  ProcessIds ids;
  Json agreement;
  std::optional<std::string> statement;
};

struct VerificationMessage {
  ProcessIds ids;
  std::optional<std::string> statement;
};

enum class NegotiationEvent { Accepted, Finalized };

struct NegotiationEventMessage {
  ProcessIds ids;
  NegotiationEvent event;
  std::optional<std::string> statement = {};  // of FINALIZED
};

// Terminations of both processes and suspensions.
struct EndMessage {
  ProcessIds ids;
  std::optional<std::string> code;
  JsonArray reason;
};

struct TransferRequestMessage {
  std::string consumer_pid;
  std::string agreement_id;
  std::string format;
  std::string callback;
  std::optional<std::string> purpose;
  std::optional<std::string> statement;
  // Of a push, which must have one with an endpoint; a pull must have none. Of other formats whatever came.
  std::optional<DataAddress> address{};
};

struct TransferStartMessage {
  ProcessIds ids;
  std::optional<DataAddress> address;
  std::optional<std::string> statement;
};

struct CompletionMessage {
  ProcessIds ids;
};

// ContractNegotiation and TransferProcess; state as the protocol spells it.
struct ProcessDocument {
  ProcessIds ids;
  std::string state;
  // Of an agreement that is final: the provider's last statement, where the consumer has not acknowledged it.
  std::optional<std::string> statement = std::nullopt;
};

// ContractNegotiationError, TransferError, CatalogError (which has no ids).
struct ErrorDocument {
  ProcessIds ids;
  std::string code;
  JsonArray reason;
};

// Syntax, limits, context and "@type"; the start of every parser below.
[[nodiscard]] Result<Json> parse_dsp(std::string_view body, std::string_view type);

// Its filter, whose meaning node/catalog/catalog_filter.hpp knows; empty without one.
[[nodiscard]] Result<JsonArray> parse_catalog_request(std::string_view body);
[[nodiscard]] Result<ContractRequestMessage> parse_contract_request(std::string_view body);
[[nodiscard]] Result<ContractOfferMessage> parse_contract_offer(std::string_view body);
[[nodiscard]] Result<ContractAgreementMessage> parse_contract_agreement(std::string_view body);
[[nodiscard]] Result<VerificationMessage> parse_verification(std::string_view body);
[[nodiscard]] Result<NegotiationEventMessage> parse_negotiation_event(std::string_view body);
[[nodiscard]] Result<EndMessage> parse_negotiation_termination(std::string_view body);
[[nodiscard]] Result<TransferRequestMessage> parse_transfer_request(std::string_view body);
[[nodiscard]] Result<TransferStartMessage> parse_transfer_start(std::string_view body);
[[nodiscard]] Result<CompletionMessage> parse_transfer_completion(std::string_view body);
[[nodiscard]] Result<EndMessage> parse_transfer_suspension(std::string_view body);
[[nodiscard]] Result<EndMessage> parse_transfer_termination(std::string_view body);
// Answers of a peer.
[[nodiscard]] Result<ProcessDocument> parse_negotiation(std::string_view body);
[[nodiscard]] Result<ProcessDocument> parse_transfer(std::string_view body);
// Any of the three error types; nullopt when the body is none of them.
[[nodiscard]] std::optional<ErrorDocument> parse_error(std::string_view body);

[[nodiscard]] std::string catalog_request_text(const JsonArray& filter = {});
[[nodiscard]] std::string to_body(const ContractRequestMessage& message);
[[nodiscard]] std::string to_body(const ContractOfferMessage& message);
[[nodiscard]] std::string to_body(const ContractAgreementMessage& message);
[[nodiscard]] std::string to_body(const VerificationMessage& message);
[[nodiscard]] std::string to_body(const NegotiationEventMessage& message);
[[nodiscard]] std::string to_body(const TransferRequestMessage& message);
[[nodiscard]] std::string to_body(const TransferStartMessage& message);
[[nodiscard]] std::string to_body(const CompletionMessage& message);
// type: ContractNegotiationTerminationMessage, TransferTerminationMessage or TransferSuspensionMessage.
[[nodiscard]] std::string to_body(const EndMessage& message, std::string_view type);
// type: ContractNegotiation or TransferProcess.
[[nodiscard]] std::string to_body(const ProcessDocument& document, std::string_view type);
// type: ContractNegotiationError, TransferError or CatalogError.
[[nodiscard]] std::string to_body(const ErrorDocument& document, std::string_view type);

// VersionResponse of /.well-known/dspace-version.
[[nodiscard]] std::string version_document();

// Code, title and help of an error as a reason array; never its message or cause.
[[nodiscard]] JsonArray reason_of(const Error& error);
// The error a peer reported: a code of our own table, or PEER_REFUSED; help "peer_code" holds what the peer said, and
// what it said in help stays.
[[nodiscard]] Error error_of(const ErrorDocument& document, std::string_view peer_dns);

}  // namespace sekisho::node
